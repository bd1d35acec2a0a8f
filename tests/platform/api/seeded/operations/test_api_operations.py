"""Every operation of the schema does its work once, and answers as the schema says."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from PIL import Image

schemathesis = pytest.importorskip("schemathesis")
httpx = pytest.importorskip("httpx")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.core.failures import FailureGroup  # noqa: E402
from schemathesis.specs.openapi import checks  # noqa: E402

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
#: How many requests are made up for each operation, beside the one that works.
MADE_UP = {"positive": 2, "negative": 1}
#: Who asks where it is not ada.
OTHERS = {"exception_take": "mo", "exception_end": "mo"}
_OUT = io.BytesIO()
Image.new("RGB", (64, 48), "teal").save(_OUT, "PNG")
PICTURE = _OUT.getvalue()
BANK = b"pdq " + b"f0" * 32 + b"\n"


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """A request that works, for each operation that has to be told something."""
    text = Path(__file__).with_name("examples.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def named(given: Any, names: dict[str, str]) -> Any:
    """The same with what the seed calls so in the place of each ``$name``."""
    if isinstance(given, dict):
        return {key: named(value, names) for key, value in given.items()}
    if isinstance(given, list):
        return [named(value, names) for value in given]
    return names[given[1:]] if isinstance(given, str) and given.startswith("$") else given


def path_of(operation: Any, names: dict[str, str]) -> dict[str, str]:
    """What the address of an operation names, as far as the seed has it."""
    label = label_of(operation)
    asked_for = re.findall(r"{(\w+)}", operation.path)
    found = {name: names.get(f"{label}.{name}", names.get(name)) for name in asked_for}
    return {name: value for name, value in found.items() if value is not None}


def label_of(operation: Any) -> str:
    """The operation's name in the schema."""
    return str(operation.definition.raw["operationId"])


def asked(
    client: httpx.Client, operation: Any, given: dict[str, Any], names: dict[str, str]
) -> httpx.Response:
    """An operation's own example, sent."""
    files = {"@picture": ("a.png", PICTURE), "@bank": ("a.csv", BANK)}
    sent: dict[str, Any] = {"params": given.get("query")}
    if "raw" in given:
        sent |= {"content": PICTURE, "headers": {"content-type": "application/octet-stream"}}
    elif "form" in given:
        form = named(given["form"], names)
        sent["files"] = {name: files[value] for name, value in form.items() if value in files}
        sent["data"] = {name: value for name, value in form.items() if value not in files}
    elif "body" in given or (operation.body and operation.method != "delete"):
        sent["json"] = named(given.get("body", {}), names)
    sent["params"] = named(sent["params"] or {}, names)
    address = operation.path.format(**path_of(operation, names))
    return client.request(operation.method.upper(), address, **sent)


def generated(operations: list[Any], token: str, names: dict[str, str]) -> Iterator[str]:
    """Every operation with a few valid and a few broken requests; what does not hold."""
    for operation in operations:
        for mode, count in MADE_UP.items():
            wrong = tried(operation, schemathesis.GenerationMode(mode), count, token, names)
            if wrong:
                yield f"{operation.method.upper()} {operation.path} ({mode}): {wrong}"


def tried(operation: Any, mode: Any, count: int, token: str, names: dict[str, str]) -> str:
    """What does not hold for one operation, or nothing."""
    known = path_of(operation, names)

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = known.get(name, case.path_parameters[name])
        headers = {"Authorization": f"Token {token}"}
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    try:
        holds()
    except (Exception, FailureGroup) as failure:
        if "Unsatisfiable" in type(failure).__name__:
            return ""
        return said_of(failure)
    return ""


def said_of(failure: BaseException) -> str:
    """What a failure says, in short."""
    parts = getattr(failure, "exceptions", None) or [failure]
    return " | ".join(f"{type(one).__name__}: {one}"[:600] for one in parts)


@pytest.fixture
def operations(document: dict[str, Any], seeded: dict[str, str], served: Any) -> list[Any]:
    """Every operation; ``served`` comes after the seed, whose client would undo it."""
    loaded = schemathesis.openapi.from_dict(json.loads(json.dumps(document, default=str)))
    loaded.app = served
    return [found.ok() for found in loaded.get_all_operations()]


def shown(
    operations: list[Any], examples: dict[str, Any], names: dict[str, str], app: Any
) -> Iterator[str]:
    """Every operation with its example; those that did not do their work or answer as said."""
    for operation in operations:
        label = label_of(operation)
        who = OTHERS.get(label, "ada")
        headers = {"Authorization": f"Token {names[f'token_{who}']}"}
        transport = httpx.WSGITransport(app=app)
        with (
            httpx.Client(transport=transport, base_url="http://testserver", headers=headers) as own,
            transaction.atomic(),
        ):
            answer = asked(own, operation, examples.get(label, {}), names)
            transaction.set_rollback(True)
        if not answer.is_success:
            yield f"{label}: {answer.status_code} {answer.text[:300]}"
        case = operation.Case(path_parameters=path_of(operation, names), headers=headers)
        try:
            case.validate_response(answer, checks=CHECKS, headers=headers)
        except (Exception, FailureGroup) as failure:
            yield f"{label}: {said_of(failure)}"


# an answer that the generator's client leaves unread keeps its upload open until it is collected
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_operation_does_its_work_once_and_answers_as_the_schema_says(
    operations: list[Any], examples: dict[str, Any], seeded: dict[str, str], served: Any
) -> None:
    """None is left out: a new operation needs what it works on in the seed, and what it is told
    among the examples."""
    gone = set(examples) - {label_of(each) for each in operations}
    assert sorted(gone) == [], "There are examples for operations that are gone."
    assert list(shown(operations, examples, seeded, served)) == []
    assert list(generated(operations, seeded["token_ada"], seeded)) == []
