"""A client that a generator made from the schema works a case from report to decision."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from drf_spectacular.renderers import OpenApiJsonRenderer

from probity.accounts.tokens import token_create
from probity.credentials.queue import desk_work
from probity.evidence.models import Asset
from provenance import verify

generator = pytest.importorskip("openapi_python_client")
httpx = pytest.importorskip("httpx")

from openapi_python_client import config  # noqa: E402

pytestmark = pytest.mark.django_db
NAME = "probity_client"
#: Files come as bytes, whatever they hold.
FILES = dict.fromkeys(
    (
        "application/zip",
        "application/c2pa",
        "text/csv",
        "text/plain",
        "image/png",
        "image/jpeg",
        "video/mp4",
        "audio/mp4",
    ),
    "application/octet-stream",
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> Iterator[str]:
    """The client, generated without a word of complaint and importable."""
    home = tmp_path_factory.mktemp("client")
    written = home / "probity.json"
    written.write_bytes(OpenApiJsonRenderer().render(document, renderer_context={}))
    settings = config.ConfigFile(
        post_hooks=[], package_name_override=NAME, content_type_overrides=FILES
    )
    made = config.Config.from_sources(
        settings, config.MetaType.NONE, written, "utf-8", True, home / NAME
    )
    said = generator.generate(config=made)
    assert [f"{one.header} {one.detail}" for one in said] == []
    sys.path.insert(0, str(home))
    yield NAME
    sys.path.remove(str(home))
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture
def calls(package: str, person: Callable[..., Any], served: Any) -> Callable[..., Any]:
    """Call the generated functions as somebody with a role."""

    def as_somebody(username: str, role: str) -> Any:
        _, secret = token_create(person=person(username, role), scopes=["all"])
        client = importlib.import_module(package).AuthenticatedClient(
            base_url="http://testserver",
            token=secret,
            prefix="Token",
            raise_on_unexpected_status=True,
            httpx_args={"transport": httpx.WSGITransport(app=served)},
        )

        def call(tag: str, name: str, *given: Any, **asked: Any) -> Any:
            module = importlib.import_module(f"{package}.api.{tag}.{name}")
            return module.sync_detailed(*given, client=client, **asked)

        return call

    return as_somebody


def test_a_generated_client_reports_claims_decides_and_reads(
    package: str, calls: Callable[..., Any]
) -> None:
    call = calls("ada", "senior")
    models = importlib.import_module(f"{package}.models")
    reports = {
        "reports": [
            {"id": str(place), "category": "other", "explanation": "Look.", "url": address}
            for place, address in enumerate(("https://example.org/a", "https://example.org/b"))
        ]
    }
    body = models.BulkReportsIn.from_dict(reports)
    sent = call("reports", "reports_receive", body=body, idempotency_key="today")
    assert [row.status for row in sent.parsed.reports] == [201, 201]
    again = call("reports", "reports_receive", body=body, idempotency_key="today")
    assert again.headers["Idempotency-Replayed"] == "true"

    found = call("cases", "cases_list", limit=1).parsed
    more = call("cases", "cases_list", limit=1, cursor=found.next_).parsed
    assert more.next_ is None
    case = found.cases[0].id
    assert {case, more.cases[0].id} == {UUID(str(row.case)) for row in sent.parsed.reports}

    held = call("cases", "case_claim", case).parsed
    assert held.person == "ada"
    decision = models.DecisionIn.from_dict({"action": "label", "reason": "Made by a machine."})
    decided = call("cases", "case_decide", case, body=decision, idempotency_key="one").parsed
    assert [measure.action.value for measure in decided.measures] == ["label"]
    read = call("cases", "case_read", case).parsed
    assert read.state.value == "decided"
    assert "Made by a machine." in json.dumps(
        call("cases", "statement_read", case).parsed.to_dict()
    )
    refused = call("decisions", "decision_read", UUID(int=1))
    assert (refused.status_code, refused.parsed.code) == (404, "not-found")


def test_a_generated_client_makes_and_revokes_a_creators_identity(
    package: str, calls: Callable[..., Any], settings: Any, tmp_path: Path
) -> None:
    settings.SIGNING_DIR = str(tmp_path / "keys")
    call = calls("ada", "creator")
    models = importlib.import_module(f"{package}.models")
    who = models.IdentityIn.from_dict({"name": "trial", "subject": "Ada L.", "trial": True})
    identity = call("desk", "identity_create", body=who).parsed
    assert identity.state.value == "ready"
    read = call("desk", "identity_read", identity.id).parsed
    assert "BEGIN CERTIFICATE REQUEST" in read.request
    rows = call("desk", "identities_list").parsed.identities
    assert [row.id for row in rows] == [identity.id]
    why = models.RevokeIn.from_dict({"why": "Lost."})
    revoked = call("desk", "identity_revoke", identity.id, body=why).parsed
    assert (revoked.state.value, revoked.revoked_why) == ("revoked", "Lost.")
    assert call("desk", "works_list").parsed.works == []
    refused = call("cases", "cases_list")
    assert (refused.status_code, refused.parsed.code) == (403, "not-allowed")


@pytest.fixture
def picture(package: str, drawn: Callable[[int], bytes]) -> Callable[[int], Any]:
    """A file as the generated client sends one."""
    types = importlib.import_module(f"{package}.types")
    return lambda number: types.File(io.BytesIO(drawn(number)), f"{number}.png", "image/png")


def test_a_generated_client_has_a_creators_file_signed(
    package: str, calls: Callable[..., Any], picture: Callable[[int], Any], settings: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    settings.SIGNING_DIR, settings.WATERMARK_KEY = str(tmp_path / "keys"), str(tmp_path / "mark")
    call = calls("ada", "creator")
    models = importlib.import_module(f"{package}.models")
    who = models.IdentityIn.from_dict({"name": "trial", "subject": "Ada L.", "trial": True})
    identity = call("desk", "identity_create", body=who).parsed
    edited = models.WorksFormActionsItem("edited")
    body = models.WorksForm(
        identity=identity.id, files=[picture(1)], parent=picture(2), actions=[edited],
        author="Ada L.", do_not_train=True,
    )  # fmt: skip
    asked = call("desk", "works_sign", body=body, idempotency_key="one")
    assert asked.status_code == 202, asked.content
    assert desk_work() == 1
    work = call("desk", "work_read", asked.parsed.works[0].id).parsed
    assert (work.step.value, work.file, work.error) == ("done", "1.png", None)
    path = tmp_path / "signed.png"
    path.write_bytes(call("desk", "work_download", work.id).parsed.payload.read())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == work.sha256
    assert verify.read(path).to_dict()["sha256"] == work.sha256
    copy = models.FileForm(file=picture(3))
    assert call("desk", "works_find", body=copy).parsed.matches == []


def test_a_generated_client_reports_files_one_by_one_and_by_the_hundred(
    package: str, calls: Callable[..., Any], picture: Callable[[int], Any]
) -> None:
    call = calls("ada", "senior")
    models = importlib.import_module(f"{package}.models")
    category = models.ReportInCategory("other")
    one = models.ReportIn(category=category, explanation="Look.", file=picture(1))
    assert call("reports", "report_receive", body=one).status_code == 201
    reports = [{"category": "other", "explanation": "Look.", "file": name} for name in ("a", "b")]
    many = models.ReportsReceiveFilesBody(reports=json.dumps(reports))
    many["a"], many["b"] = picture(2), picture(3)
    sent = call("reports", "reports_receive", body=many).parsed
    assert [row.status for row in sent.reports] == [201, 201]
    assert set(Asset.objects.values_list("media_type", flat=True)) == {"image/png"}
    assert Asset.objects.count() == 3
