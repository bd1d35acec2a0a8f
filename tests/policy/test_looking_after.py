"""explain, diff, stale and new: what keeps packs readable and current."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from policy.api import Fact, Outcome, Pack, Source
from policy.cli import command
from policy.diff import PastCase, changes, shifts
from policy.engine import evaluate
from policy.errors import FactRefused, PackInvalid
from policy.explain import explain
from policy.loader import documents, file_pack, load_packs, pack_of
from policy.mutation import check
from policy.stale import stale
from policy.starting import write

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMES = (
    "covered_platform", "request_valid", "intimate", "depicts_identifiable_person",
    "consent_to_publication",
)  # fmt: skip


def call(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(words), input=stdin)


@pytest.fixture(scope="module")
def tida() -> Pack:
    return next(pack for pack in load_packs() if pack.id == "us-take-it-down")


def reviewer(**values: bool | int | None) -> dict[str, Fact]:
    return {name: Fact(name=name, value=v, source=Source.REVIEWER) for name, v in values.items()}


@given(st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5))
def test_every_turn_is_true(tida: Pack, values: list[bool | None]) -> None:
    facts = reviewer(**dict(zip(NAMES, values, strict=True)))
    (found,) = explain((tida,), facts=facts, at=AT, places=["US"])
    named = {(turn.fact, turn.value) for turn in found.turns}
    for name in NAMES:
        for value in (True, False):
            if facts[name].value == value:
                continue
            trial = facts | reviewer(**{name: value})
            again = evaluate((tida,), facts=trial, at=AT, places=["US"], received_at=None)
            outcome = again.rule("us-tida-notice-removal").outcome
            turned = [turn for turn in found.turns if (turn.fact, turn.value) == (name, value)]
            if outcome is found.result.outcome:
                assert not turned
            elif turned:
                assert turned[0].outcome is outcome
            else:
                same = [turn for turn in found.turns if turn.fact == name]
                assert outcome in {turn.outcome for turn in same}, (name, value, named)


def test_a_number_is_turned_at_its_edge() -> None:
    (pack,) = (pack for pack in load_packs() if pack.id == "us-ca-ab-730")
    facts = reviewer(
        depicts_candidate=True, days_to_election=61, deceptive=True, synthetic=True,
    )  # fmt: skip
    (found,) = explain((pack,), facts=facts, at=AT, places=["US-CA"])
    assert found.result.outcome is Outcome.DOES_NOT_APPLY
    assert any(turn.fact == "days_to_election" and turn.value == 60 for turn in found.turns) or any(
        turn.fact == "days_to_election" for turn in found.turns
    )


def test_a_rule_that_is_not_in_force_turns_by_no_fact(tida: Pack) -> None:
    before = datetime(2025, 1, 1, tzinfo=UTC)
    (found,) = explain((tida,), facts={}, at=before, places=["US"])
    assert found.turns == ()
    assert "No single fact would change this." in "\n".join(found.lines())


def changed(pack: Pack, **when: Any) -> Pack:
    document = json.loads(json.dumps(dict(pack.document), default=str))
    document["version"] = 2
    document["rules"][0]["obligations"][0]["within"] = "PT24H"
    document["rules"][0]["when"]["all"] = [
        leaf
        for leaf in document["rules"][0]["when"]["all"]
        if leaf["fact"] != "depicts_identifiable_person"
    ]
    return pack_of(document, name="changed")


def test_changes_name_the_part(tida: Pack) -> None:
    other = changed(tida)
    (change,) = changes([tida], [other])
    assert change.rule == "us-tida-notice-removal"
    assert {"when", "obligations"} == set(change.parts)
    assert changes([tida], [tida]) == ()
    assert [row.kind for row in changes([tida], [])] == ["removed"]
    assert [row.kind for row in changes([], [tida])] == ["added"]


def test_past_cases_that_come_out_differently_are_named(tida: Pack) -> None:
    values = dict.fromkeys(NAMES, True) | {
        "consent_to_publication": False, "depicts_identifiable_person": False,
    }  # fmt: skip
    body = {"id": "P-1", "facts": values, "at": AT.isoformat(), "places": ["US"]}
    case = PastCase.read(body, name="line 1")
    (shift,) = shifts([tida], [changed(tida)], [case])
    assert (shift.case, shift.old, shift.new) == ("P-1", "does_not_apply", "applies")
    assert list(shifts([tida], [tida], [case])) == []
    with pytest.raises(FactRefused, match="line 2"):
        PastCase.read({"facts": 1}, name="line 2")


def test_what_is_stale_and_what_is_coming() -> None:
    packs = load_packs()
    coming = {due.rule for due in stale(packs, at=date(2026, 11, 21)) if due.kind == "change"}
    assert "us-ca-ab730" in coming
    late = stale(packs, at=date(2030, 1, 1))
    assert {due.kind for due in late} == {"review"}
    assert len(late) == sum(len(pack.rules) for pack in packs)


@pytest.mark.parametrize("place", ["*", "EU", "US-CA"])
def test_a_new_pack_holds_and_its_tests_are_sharp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = write("my-rules", folder=tmp_path, place=place)
    assert file_pack(path).jurisdiction == place
    monkeypatch.setenv("PROBITY_POLICY_DIR", str(tmp_path))
    tested = call("test", "--json")
    assert tested.exit_code == 0, tested.output
    [mine] = [one for one in documents() if one.value["pack"] == "my-rules"]
    verdict = check(mine)
    assert verdict.total
    assert verdict.survivors == ()
    with pytest.raises(PackInvalid, match="exists already"):
        write("my-rules", folder=tmp_path)
    with pytest.raises(PackInvalid, match="small letters"):
        write("My Rules", folder=tmp_path)


def test_the_commands(tmp_path: Path, tida: Pack) -> None:
    facts = json.dumps(dict.fromkeys(NAMES, True))
    told = call("explain", "us-tida-notice-removal", "--facts", "-", "--place", "US", stdin=facts)
    assert told.exit_code == 0
    assert "If the person shown did not agree to the publication, the rule would apply." in (
        told.stdout
    )
    unknown = call("explain", "no-rule", "--facts", "-", stdin="{}")
    assert unknown.exit_code == 2
    assert "no rule no-rule" in unknown.stderr
    assert call("stale", "--at", "2026-11-21", "--json").exit_code == 0
    assert call("stale", "--at", "2030-01-01").exit_code == 1
    old, new = tmp_path / "old", tmp_path / "new"
    write("my-rules", folder=old)
    write("my-rules", folder=new)
    text = (new / "my-rules.yaml").read_text().replace("PT24H", "PT12H")
    (new / "my-rules.yaml").write_text(text)
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"facts": {"synthetic": true}, "at": "2026-11-20", "places": []}\n')
    differ = call("diff", str(old), str(new), "--cases", str(cases), "--json")
    assert differ.exit_code == 1
    body = json.loads(differ.stdout)
    assert [row["rule"] for row in body["rules"]] == ["my-rules-label"]
    assert body["cases"] == 1
    cases.write_text("nonsense\n")
    assert call("diff", str(old), str(new), "--cases", str(cases)).exit_code == 2
    assert call("diff", str(old), str(old)).exit_code == 0
    assert call("new", "my-rules", "--folder", str(old)).exit_code == 2
