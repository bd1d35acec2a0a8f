"""A bundle says what was told to whom, to the letter, and never who reported."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation.bundle import standalone
from probity.audit.keys import log_verify_key
from probity.cases.models import Case
from probity.notices.kinds import Kind
from probity.notices.models import Notice, Party
from probity.notices.services import notice_send

pytestmark = pytest.mark.django_db
Bundle = Callable[..., Path]


@pytest.fixture(autouse=True)
def known_address(settings: Any) -> None:
    """Private pages have an address, which stands in what is told."""
    settings.PUBLIC_URL = "https://probity.example"


def read(path: Path, part: str) -> dict[str, Any]:
    """The JSON files whose path holds a part, by the last of their names."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if part in name and name.endswith(".json")]
        return {name.rpartition("/")[2]: json.loads(archive.read(name)) for name in names}


def checked(path: Path) -> list[dict[str, str]]:
    return standalone.verify(str(path), log_verify_key().text).failed


def test_every_notice_to_the_letter_without_the_secret_address(case: Case, bundle: Bundle) -> None:
    path = bundle(case)
    told = read(path, "/notices/")
    rows = {f"{row.pk}.json": row for row in case.notices.all()}
    assert rows
    assert told.keys() == rows.keys()
    assert {row["to"] for row in told.values()} == {"reporter", "uploader"}
    with zipfile.ZipFile(path) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode("latin-1")
    for name, row in rows.items():
        assert told[name]["text"] == row.text_shown
        assert (told[name]["at"], told[name]["kind"]) != (None, "")
        secret = [word for word in row.text.split() if word not in row.text_shown.split()]
        assert secret, "each has a private address"
        assert not any(word.rpartition("/")[2] in whole for word in secret)
    assert "reporter@example.org" not in whole
    assert checked(path) == []


@pytest.mark.parametrize("profile", ["court", "full"])
def test_words_that_name_a_reporter_are_withheld_and_the_bundle_is_sound(
    case: Case, bundle: Bundle, profile: str
) -> None:
    report = case.reports.get()
    named = notice_send(
        case=case, kind=Kind.UPDATE, to=Party.REPORTER, report=report, key="named", actor="system",
        values={"update": "Dear reporter@example.org, we are at it.", "received_on": "today",
                "category": "Election"},
    )  # fmt: skip
    assert named is not None
    path = bundle(case, profile, why="Ordered.")
    (found,) = [row for row in read(path, "/notices/").values() if row["id"] == str(named.pk)]
    assert found["withheld"] is True
    assert found["salts"] == {}
    assert "text" not in found
    why = [row["why"] for row in read(path, "/redactions")["redactions.json"]
           if str(named.pk) in row["what"]]  # fmt: skip
    assert len(why) == 1
    assert "name whoever reported" in why[0]
    assert checked(path) == []


def test_an_erased_notice_says_that_it_was(case: Case, bundle: Bundle) -> None:
    from probity.notices.forgetting import reporter_notices_forget

    report = case.reports.get()
    assert reporter_notices_forget(report=report, actor="system")
    path = bundle(case)
    gone = [row for row in read(path, "/notices/").values() if row["to"] == Party.REPORTER]
    assert gone
    assert all(row["erased_at"] and not row["text"] and not row["salts"] for row in gone)
    assert Notice.objects.filter(to=Party.UPLOADER, forgotten_at=None).exists()
    assert checked(path) == []
