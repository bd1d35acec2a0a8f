"""`probity bundle`: verify with time-stamps and credentials, repeat everything, compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.management import CommandError, call_command

from probity.audit.keys import log_verify_key
from probity.bundles.models import Export
from probity.cases.models import Case
from probity_cli.bundle.cli import command

pytestmark = pytest.mark.django_db
Bundle = Callable[..., Path]


def run(*arguments: str | Path) -> tuple[int, Any]:
    done = CliRunner().invoke(command, [*map(str, arguments), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output


def test_verify_checks_what_the_small_verifier_leaves(case: Case, bundle: Bundle) -> None:
    status, report = run("verify", bundle(case), "--key", log_verify_key().text)
    assert status == 0
    states = [(row["check"], row["state"]) for row in report["checks"]]
    assert ("content credentials", "passed") in states
    assert ("key", "passed") in states


def test_everything_can_be_repeated(case: Case, bundle: Bundle) -> None:
    status, report = run("reproduce", bundle(case))
    assert status == 0, report
    assert {row["state"] for row in report["checks"]} == {"passed"}
    names = {row["check"] for row in report["checks"]}
    assert {"image.jpeg_ghost", "content credentials", "metadata"} <= names
    assert sum(name.startswith("evaluation ") for name in names) == case.evaluations.count()


def test_a_measurement_that_was_changed_does_not_repeat(
    case: Case, bundle: Bundle, guards_lifted: Callable[[], None]
) -> None:
    from probity.analysis.models import Finding

    guards_lifted()
    Finding.objects.filter(producer="image.jpeg_ghost").update(sentence="It is fake.")
    status, report = run("reproduce", bundle(case))
    assert status == 1
    (row,) = (row for row in report["checks"] if row["state"] == "failed")
    assert row["check"] == "image.jpeg_ghost"
    assert "sentence" in row["words"]


def test_what_was_made_by_another_version_is_not_claimed(
    case: Case, bundle: Bundle, guards_lifted: Callable[[], None]
) -> None:
    from probity.analysis.models import Finding

    guards_lifted()
    Finding.objects.filter(producer="image.jpeg_ghost").update(version="0.0.1")
    status, report = run("reproduce", bundle(case))
    assert status == 0
    (row,) = (row for row in report["checks"] if row["check"] == "image.jpeg_ghost")
    assert row["state"] == "could not check"


def test_without_the_originals_it_says_so(case: Case, bundle: Bundle) -> None:
    status, report = run("reproduce", bundle(case, "hashes"))
    assert status == 0
    assert {row["state"] for row in report["checks"]} == {"passed", "could not check"}


def test_two_exports_are_compared(case: Case, bundle: Bundle) -> None:
    first = bundle(case)
    second = bundle(case, "faceless")
    status, report = run("diff", first, second)
    assert status == 1
    assert any(path.endswith("/original") for path in report["removed"])
    assert [row["name"] for row in report["events"]] == ["bundle.exported", "bundle.requested"]
    assert report["redactions"]["withheld"]
    assert run("diff", first, first)[0] == 0


def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"nothing")
    done = CliRunner().invoke(command, ["verify", str(tmp_path / "x.zip")])
    assert done.exit_code == 2
    assert "no evidence bundle" in done.output


def test_the_export_command_writes_a_file_that_verifies(case: Case, tmp_path: Path) -> None:
    target = tmp_path / "case.zip"
    arguments = ["--purpose", "Appeal", "--recipient", "Body", "-o", str(target)]
    call_command("bundle_export", case.label, *arguments)
    assert run("verify", target)[0] == 0
    with pytest.raises(CommandError, match="exists already"):
        call_command("bundle_export", case.label, *arguments)
    with pytest.raises(CommandError, match="no case"):
        call_command("bundle_export", "P-999999", "-o", str(tmp_path / "n.zip"), *arguments[:4])
    with pytest.raises(CommandError, match="why everything"):
        call_command(
            "bundle_export", str(case.pk), "--redact", "full", "-o", str(tmp_path / "f.zip"),
            *arguments[:4],
        )  # fmt: skip
    assert Export.objects.count() == 1


def test_an_outside_time_stamp_travels_and_is_checked(
    case: Case, bundle: Bundle, time_stamp_authority: tuple[str, Path], settings: Any
) -> None:
    from probity.audit.checkpoints import checkpoint_make
    from probity.audit.stamps import stamps_fetch

    url, folder = time_stamp_authority
    bundle(case)
    checkpoint_make()
    settings.TIME_STAMP_AUTHORITIES = [url, "http://127.0.0.1:9/down"]
    assert stamps_fetch() == 1
    assert stamps_fetch() == 0
    path = stamped(case, bundle)
    status, report = run("verify", path, "--roots", folder / "ca.pem")
    states = {row["check"]: row["state"] for row in report["checks"]}
    assert status == 0
    assert states["time-stamps"] == "passed"
    without = run("verify", path)[1]["checks"]
    assert {row["check"]: row["state"] for row in without}["time-stamps"] == "could not check"


def stamped(case: Case, bundle: Bundle) -> Path:
    """A bundle under the checkpoint that was stamped: nothing moves in between."""
    from unittest.mock import patch

    with patch("probity.bundles.services.checkpoint_make"):
        return bundle(case)
