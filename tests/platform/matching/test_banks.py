"""Banks: who may, what counts, what looks back, what floods, what goes in and out as a file."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.management.base import CommandError
from PIL import ImageOps

from probity.audit.models import AuditEvent
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.matching.banks import (
    bank_change,
    bank_open,
    entry_add,
    entry_clear,
    entry_remove,
)
from probity.matching.exchange import (
    ExchangesClosed,
    bank_export,
    bank_import,
    exchanges_require,
)
from probity.matching.lookup import in_share, signals_find
from probity.matching.models import Bank, BankEntry, Match, SignalKind
from probity.workflow.case_match import entries_match

pytestmark = pytest.mark.django_db
NAMED = {"label": "A", "kind": "known", "source": "us", "licence": "ours"}


def test_only_those_who_manage_banks_may(second: Any) -> None:
    with pytest.raises(NotAllowed):
        bank_open(name="a", actor=second, **NAMED)


def test_a_wrong_bank_is_told_field_by_field(lead: Any) -> None:
    with pytest.raises(InvalidInput) as told:
        bank_open(
            name="Not a name", label="", kind="odd", source="", licence="x", share=101, actor=lead
        )
    assert set(told.value.fields) == {"name", "label", "kind", "source", "share"}
    bank_open(name="a", actor=lead, **NAMED)
    with pytest.raises(Conflict):
        bank_open(name="a", actor=lead, **NAMED)


def test_a_new_hash_finds_what_was_here_before(
    case_with: Any, look: Callable[[], int], draw: Any, jpeg: Any, bank: Any, lead: Any, pdq_of: Any
) -> None:
    picture = draw(21)
    case = case_with(jpeg(ImageOps.flip(picture), 70))
    case_with(jpeg(draw(22)))
    look()
    entry_add(bank=bank(), kind="pdq", value=pdq_of(picture), why="From a partner.", actor=lead)
    assert entries_match() == 1
    match = Match.objects.get()
    assert match.retroactive
    assert match.case == case.pk
    assert match.turn == 6
    assert match.distance <= 31
    assert entries_match() == 0


def test_a_new_report_meets_the_bank(
    case_with: Any, look: Callable[[], int], draw: Any, jpeg: Any, bank: Any, lead: Any
) -> None:
    data = jpeg(draw(23))
    import hashlib

    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    entry = entry_add(bank=bank(), kind="md5", value=md5, why="Seen elsewhere.", actor=lead)
    case_with(data)
    look()
    match = Match.objects.get()
    assert (match.entry, match.signal, match.distance) == (entry, "md5", 0)
    assert not match.retroactive


@pytest.mark.parametrize("how", ["removed", "expired", "bank_expired", "closed", "negative"])
def test_what_no_longer_counts_matches_nothing(how: str, bank: Any, lead: Any) -> None:
    value = bytes(range(32))
    found = bank(kind="negative" if how == "negative" else "known")
    entry = entry_add(bank=found, kind="pdq", value=value.hex(), why="A trial.", actor=lead)
    if how != "negative":
        assert len(signals_find(kind=SignalKind.PDQ, value=value)) == 1
    if how == "removed":
        entry_remove(entry=entry, why="It was wrong.", actor=lead)
    elif how == "expired":
        BankEntry.objects.filter(pk=entry.pk).update(expires_at=now() - timedelta(days=1))
    elif how == "bank_expired":
        Bank.objects.update(expires_at=now() - timedelta(days=1))
    elif how == "closed":
        bank_change(bank=found, share=100, expires_at=None, closed=True, actor=lead)
    assert signals_find(kind=SignalKind.PDQ, value=value) == []


def test_a_negative_bank_silences_what_it_holds(bank: Any, lead: Any) -> None:
    value = bytes(range(32))
    entry_add(bank=bank(), kind="pdq", value=value.hex(), why="Known.", actor=lead)
    blank = bank("blank", "negative")
    near = bytes([value[0] ^ 3]) + value[1:]
    entry_add(bank=blank, kind="pdq", value=near.hex(), why="A blank frame.", actor=lead)
    assert signals_find(kind=SignalKind.PDQ, value=value) == []


def test_a_share_lets_the_same_content_in_every_time(bank: Any) -> None:
    half = bank(share=50)
    answers = [in_share(half, f"{number:064x}") for number in range(400)]
    assert 150 < sum(answers) < 250
    assert answers == [in_share(half, f"{number:064x}") for number in range(400)]


def test_a_flood_parks_a_hash_until_a_person_looks(
    case_with: Any,
    look: Any,
    draw: Any,
    jpeg: Any,
    bank: Any,
    lead: Any,
    settings: Any,
    pdq_of: Any,
) -> None:
    settings.MATCH_FLOOD = 2
    picture = draw(24)
    entry = entry_add(bank=bank(), kind="pdq", value=pdq_of(picture), why="Odd.", actor=lead)
    for quality in (90, 60, 40):
        case_with(jpeg(picture, quality))
        look()
    entry.refresh_from_db()
    assert entry.parked_at is not None
    assert entry.matches.count() == 2
    assert AuditEvent.objects.filter(name="bank.entry_parked").count() == 1
    entry_clear(entry=entry, actor=lead)
    case_with(jpeg(picture, 30))
    look()
    entry.refresh_from_db()
    assert entry.parked_at is None
    assert entry.matches.count() == 3
    with pytest.raises(Conflict):
        entry_clear(entry=entry, actor=lead)


@pytest.mark.parametrize("form", ["csv", "json", "txt"])
def test_a_bank_goes_out_and_comes_in_again(form: str, bank: Any, lead: Any) -> None:
    frames = json.dumps([f"{'ab' * 32},90,0.000", f"{'cd' * 32},70,1.000"])
    rows = [
        {"signal_type": "pdq", "signal_str": "0f" * 32, "tags": "one two"},
        {"signal_type": "vpdq", "signal_str": frames},
        {"signal_type": "video_md5", "signal_str": "11" * 16},
        {"signal_type": "sha256", "signal_str": "22" * 32},
    ]
    first, other = bank("first"), bank("other")
    given = json.dumps(rows).encode()
    made = bank_import(bank=first, data=given, form="json", why="A partner's.", actor=lead)
    assert len(made) == 4
    assert made[0].tags == "one two"
    assert made[1].signals.count() == 2
    data = bank_export(bank=first, form=form, actor=lead)
    again = bank_import(bank=other, data=data, form=form, why="Back again.", actor=lead)
    kinds = {tuple(entry.signals.values_list("kind", "at").order_by("at")) for entry in again}
    assert kinds == {
        (("pdq", None),), (("video", 0.0), ("video", 1.0)), (("md5", None),), (("sha256", None),),
    }  # fmt: skip
    assert bank_import(bank=other, data=data, form=form, why="Twice.", actor=lead) == []


def test_a_wrong_line_is_named_and_nothing_is_added(bank: Any, lead: Any) -> None:
    from foundation.fingerprint.exchange import NotAnExchange

    data = f"pdq {'0f' * 32}\npdq 12\n".encode()
    with pytest.raises(NotAnExchange, match="Line 2"):
        bank_import(bank=bank(), data=data, form="txt", why="A list.", actor=lead)
    assert not BankEntry.objects.exists()


def test_network_exchanges_are_closed_until_an_operator_opens_them(settings: Any) -> None:
    with pytest.raises(ExchangesClosed, match="PROBITY_EXCHANGES"):
        exchanges_require()
    settings.EXCHANGES = "exchanges.json"
    with pytest.raises(ExchangesClosed, match="threatexchange"):
        exchanges_require()


def test_a_configured_exchange_fills_its_bank(
    settings: Any, tmp_path: Path, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the door of `threatexchange`; the package itself needs a compiler and is stood in
    for by a module with its calls."""
    from django.core.management import call_command

    class Api:
        def __init__(self, collab: Any) -> None:
            self.rows = collab.rows

        for_collab = classmethod(lambda cls, collab: cls(collab))
        get_config_cls = staticmethod(lambda: SimpleNamespace)

        def fetch_iter(self, _: Any, checkpoint: Any) -> Any:
            assert checkpoint is None
            yield SimpleNamespace(updates={tuple(row): object() for row in self.rows})
            yield SimpleNamespace(updates={("pdq", "11" * 32): None})

    package = ModuleType("threatexchange")
    package.__spec__ = ModuleSpec("threatexchange", None)
    place: Any = ModuleType("threatexchange.trial")
    place.Api = Api
    monkeypatch.setitem(sys.modules, "threatexchange", package)
    monkeypatch.setitem(sys.modules, "threatexchange.trial", place)
    rows = [["pdq", "0f" * 32], ["raw_text", "left out"], ["video_md5", "22" * 16]]
    setup = {"bank": "partner", "api": "threatexchange.trial:Api", "collab": {"rows": rows}}
    config = tmp_path / "exchanges.json"
    config.write_text(json.dumps([setup]), encoding="utf-8")
    settings.EXCHANGES = str(config)
    bank()
    call_command("bank_fetch", stdout=io.StringIO())
    kinds = BankEntry.objects.values_list("signals__kind", flat=True)
    assert sorted(kinds) == ["md5", "pdq"]
    config.write_text(json.dumps([{**setup, "api": "os:system"}]), encoding="utf-8")
    with pytest.raises(CommandError, match="threatexchange"):
        call_command("bank_fetch", stdout=io.StringIO())
