"""Where files lie, and how large they may be."""

from __future__ import annotations

from typing import Any

from probity.core import env

INCOMING = env.state_folder("incoming")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": {
        "BACKEND": env.text(
            "PROBITY_EVIDENCE_STORAGE", "probity.evidence.storage.ContentAddressedStorage"
        ),
        "OPTIONS": {"location": str(env.state_folder("evidence"))}
        if not env.text("PROBITY_EVIDENCE_STORAGE")
        else {},
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = env.state_folder("static")
# the player of the case page and of the pages that `probity detect` writes are the same modules
STATICFILES_DIRS = [("timeline", env.package_folder("detectors") / "timeline" / "assets")]
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_HANDLERS = ["probity.evidence.uploads.HashingUploadHandler"]
UPLOAD_MAX_BYTES = env.number("PROBITY_UPLOAD_MAX_MB", 512) * 1024 * 1024
# all files of one request together; each alone is bounded by the former
REQUEST_MAX_BYTES = 2 * UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 51
