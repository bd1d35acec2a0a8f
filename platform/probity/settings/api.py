"""The REST interface and its schema."""

from __future__ import annotations

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["probity.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["probity.api.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": [
        "probity.api.parsers.BoundedJSON",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "probity.api.openapi.Schema",
    "EXCEPTION_HANDLER": "probity.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Probity",
    "DESCRIPTION": "Reports become cases; people decide; every step is on the record.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    # choices stand where they are used: the same member has other ones elsewhere
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
}
