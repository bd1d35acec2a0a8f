"""A case's bundle, verified by a bare Python that knows nothing of us."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from probity.audit.keys import log_verify_key
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.evidence.models import CustodyEvent
from probity.evidence.services import derivative_keep

pytestmark = pytest.mark.django_db
Bundle = Callable[..., Path]


def verified(path: Path, *arguments: str, verifier: Path | None = None) -> tuple[int, Any]:
    """Run the verifier that lies in the bundle, isolated from everything installed."""
    script = verifier or path.with_suffix(".py")
    if verifier is None:
        with zipfile.ZipFile(path) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith("/verify.py"))
            script.write_bytes(archive.read(name))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(path), "--json", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_an_honest_bundle_verifies_offline(case: Case, bundle: Bundle) -> None:
    path = bundle(case)
    status, report = verified(path, "--key", log_verify_key().text)
    states = {row["check"]: row["state"] for row in report["checks"]}
    assert status == 0, report
    assert states == {
        "files": "passed", "key": "passed", "index": "passed", "originals": "passed",
        "log": "passed", "checkpoint": "passed", "records": "passed", "policy packs": "passed",
        "time-stamps": "could not check", "content credentials": "could not check",
    }  # fmt: skip
    words = {row["check"]: row["words"] for row in report["checks"]}
    assert words["originals"].startswith("1 original")
    opened = int(words["records"].split()[0])
    assert opened >= 9


def test_another_key_is_noticed(case: Case, bundle: Bundle) -> None:
    from foundation.log import SigningKey

    stranger = SigningKey("elsewhere", bytes(32)).verify_key.text
    status, report = verified(bundle(case), "--key", stranger)
    assert status == 1
    failed = {row["check"] for row in report["checks"] if row["state"] == "failed"}
    assert {"key", "index", "checkpoint"} <= failed


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def test_it_holds_what_a_court_needs(case: Case, bundle: Bundle) -> None:
    held = contents(bundle(case))
    folders = {name.split("/")[1] for name in held if name.startswith("data/")}
    assert {
        "case.json", "reports", "assets", "runs", "cards", "trust", "evaluations", "packs",
        "answers", "decisions", "statements", "log", "certificates", "report.html",
        "redactions.json", "README.txt", "clocks.json", "approvals.json",
    } <= folders  # fmt: skip
    page = held["data/report.html"].decode()
    for words in ("The day is wrong.", "It is generated.", "Not calibrated", "How to verify"):
        assert words in page
    assert "28 U.S.C. 1746" in held["data/certificates/fre-902-13.txt"].decode()


def test_the_reporter_is_withheld_and_stays_provable(case: Case, bundle: Bundle) -> None:
    courts = contents(bundle(case))
    assert b"reporter@example.org" not in b"".join(courts.values())
    listed = json.loads(courts["data/redactions.json"])
    assert any("contact" in row["what"] and row["why"] for row in listed)
    full = contents(bundle(case, "full", why="Ordered by the court."))
    assert b"reporter@example.org" in b"".join(full.values())


def test_profiles_withhold_what_they_say(case: Case, bundle: Bundle) -> None:
    sha256 = case.items.get().asset_id
    original = f"data/assets/{sha256}/original"
    court, faceless, hashes = (
        contents(bundle(case, profile)) for profile in ("court", "faceless", "hashes")
    )
    assert original in court
    assert original not in faceless
    assert any("derivatives" in name for name in faceless)
    assert original not in hashes
    Case.objects.filter(pk=case.pk).update(category="intimate")
    case.refresh_from_db()
    intimate = bundle(case)
    assert original not in contents(intimate)
    status, report = verified(intimate)
    assert status == 0, report


def test_a_picture_that_two_have_drawn_is_one_file(case: Case, bundle: Bundle) -> None:
    asset = case.items.get().asset
    for name in ("one", "another"):
        derivative_keep(
            asset=asset, name=name, media_type="image/png", data=b"the same", producer="test"
        )
    path = bundle(case)
    drawn = [name for name, data in contents(path).items() if data == b"the same"]
    assert len(drawn) == 1
    status, report = verified(path)
    assert status == 0, report


def test_a_sealed_file_never_leaves(case: Case, bundle: Bundle) -> None:
    from probity.evidence.models import SealCause
    from probity.evidence.seals import asset_seal

    asset = case.items.get().asset
    asset_seal(
        asset=asset, cause=SealCause.PERSON, actor="system", case=case.pk, why="may show a minor",
    )  # fmt: skip
    held = contents(bundle(case, "full", why="Ordered."))
    assert not [name for name in held if name.endswith("/original") or "derivatives/" in name]
    assert "sealed" in held["data/redactions.json"].decode()


def test_export_is_an_event_and_a_custody_event(case: Case, bundle: Bundle) -> None:
    bundle(case)
    events = AuditEvent.objects.filter(chain_id=f"case:{case.pk}")
    names = list(events.values_list("name", flat=True))
    assert names[-2:] == ["bundle.requested", "bundle.exported"]
    requested = events.get(name="bundle.requested")
    assert "Court file 7" not in str(requested.payload)
    assert CustodyEvent.objects.filter(action="exported", case=case.pk).count() == 1


def test_what_is_changed_afterwards_in_the_database_is_found(
    case: Case, bundle: Bundle, guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    decision = case.decisions.get()
    type(decision).objects.filter(pk=decision.pk).update(reason="It is genuine.")
    status, report = verified(bundle(case))
    assert status == 1
    (row,) = (row for row in report["checks"] if row["state"] == "failed")
    assert row["check"] == "records"
    assert "decisions/" in row["words"]
