"""The schema holds: valid, of unique names, with pages, keys and files where they belong."""

from __future__ import annotations

from typing import Any

from drf_spectacular.settings import spectacular_settings
from drf_spectacular.validation import validate_schema


def test_the_schema_is_valid_openapi_31(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["openapi"].startswith("3.1")
    operations = [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 150
    assert all(operation.get("summary") for operation in operations)
    assert spectacular_settings.OAS_VERSION == "3.1.0"


def test_every_list_has_pages_and_every_writing_post_a_key(document: dict[str, Any]) -> None:
    for address, path in document["paths"].items():
        for method, operation in path.items():
            named = {one["name"] for one in operation.get("parameters", ())}
            assert ("cursor" in named) == ("limit" in named), address
            if method == "get":
                assert "cursor" in named or not lists_of(document, operation), address
            needed = all(operation.get("security", [{}]))
            if method == "post" and needed and address not in WITHOUT_KEY:
                assert "Idempotency-Key" in named, address


def test_every_form_has_a_part_of_bytes(document: dict[str, Any]) -> None:
    """A client made from the schema sends as a file only what is called one there."""
    forms = 0
    for address, path in document["paths"].items():
        for method in path.keys() - {"parameters"}:
            content = path[method].get("requestBody", {}).get("content", {})
            if "multipart/form-data" not in content:
                continue
            form = content["multipart/form-data"]["schema"]
            name = form.get("$ref", "").rpartition("/")[2]
            shape = document["components"]["schemas"][name] if name else form
            assert "'format': 'binary'" in str(shape), address
            assert "'format': 'uri'" not in str(shape), address
            forms += 1
    assert forms > 5


#: They change nothing, or write down each taking: a repetition is harmless.
WITHOUT_KEY = {
    "/api/v1/bulk/preview",
    "/api/v1/cases/{case_id}/decisions/preview",
    "/api/v1/desk/works/export",
    "/api/v1/desk/works/find",
    "/api/v1/law/what-if",
    "/api/v1/matching",
    "/api/v1/notice-texts/{kind}/{language}/preview",
    "/api/v1/queues/priority/preview",
    "/api/v1/queues/routing/preview",
}
#: Lists of one fixed length, or parts of one thing.
BOUNDED = {
    "CaseOut", "DecisionOut", "FiguresOut", "MessageWholeOut", "WatchListWholeOut",
    "AppealWholeOut", "PersonOut", "MeOut", "RulesOut", "RetentionOut", "OwnCareOut", "WorkOut",
    "EndpointOut", "BankOut", "NoticeTextOut", "CaseReportOut", "OwnQualityOut", "DeskWorkWholeOut",
    "SenderOut",
}  # fmt: skip


def lists_of(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """The members of an answer that are lists of objects."""
    shown = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = shown.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if not name or name in BOUNDED:
        return []
    members = document["components"]["schemas"][name].get("properties", {})
    return [key for key, member in members.items() if member.get("type") == "array"]
