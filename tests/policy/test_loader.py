from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from policy import loader
from policy.api import Pack
from policy.engine import evaluate
from policy.errors import PackInvalid
from policy.loader import builtin_folder, discover, documents, folder_packs, load_packs, pack_of
from policy.parse import parse
from policy.strict_yaml import read

Build = Callable[..., Pack]
Make = Callable[..., dict[str, Any]]


def write(folder: Path, value: Any, *, name: str = "one.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    # JSON is YAML, and keeps the test free of a writer.
    (folder / name).write_text(json.dumps(value, indent=1), encoding="utf-8")
    return folder


def test_unknown_and_duplicate_keys_name_file_and_line(tmp_path: Path) -> None:
    source = builtin_folder() / "us-ca" / "ab-730.yaml"
    text = source.read_text(encoding="utf-8")
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("    harm:"))
    for added, words in (
        ("    harms: x", "unknown here; did you mean 'harm'"),
        ("    title: again", "second time"),
    ):
        changed = [*lines[:at], added, *lines[at:]]
        with pytest.raises(PackInvalid, match=words) as caught:
            parse(read("\n".join(changed), file="us-ca/ab-730.yaml"))
        assert str(caught.value).startswith(f"us-ca/ab-730.yaml:{at + 1}:")


LEAF = {"fact": "synthetic", "is": True, "cite": "c"}
DUTY = {
    "do": "remove",
    "what": "Remove it.",
    "scope": "worldwide",
    "clock": "elapsed",
    "within": "PT48H",
    "from_event": "report_received",
    "cite": "c",
}
DAYS = {"fact": "days_to_election", "cite": "c"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"when": {**LEAF, "fact": "sinthetic"}}, "did you mean 'synthetic'"),
        ({"when": {**LEAF, "cite": "d"}}, "citation 'd' is not defined"),
        ({"when": {**LEAF, "is": 1}}, "true or false"),
        ({"when": {**LEAF, "in": [1]}}, "exactly one of"),
        ({"when": {"fact": "synthetic", "cite": "c"}}, "exactly one of"),
        ({"when": {"fact": "synthetic", "is": True}}, "'cite' is missing"),
        ({"when": {"fact": "synthetic", "lt": 3, "cite": "c"}}, "only be tested with 'is'"),
        ({"when": {**DAYS, "is": True}}, "whole number"),
        ({"when": {**DAYS, "between": [60, 0]}}, "lower first"),
        ({"when": {**DAYS, "between": [0, 30, 60]}}, "lower first"),
        ({"when": {"all": []}}, "at least one entry"),
        ({"when": {"none": [LEAF]}}, "unknown here"),
        ({"when": {"all": [LEAF], "any": [LEAF]}}, "unknown here"),
        ({"when": {"not": [LEAF]}}, "mapping"),
        ({"when": {"at_least": {"count": 2, "of": [LEAF]}}}, "never be met"),
        ({"when": {"at_least": {"count": 0, "of": [LEAF]}}}, "at least 1"),
        ({"status": [{"from": "2026-5", "state": "in_force"}]}, "no full date"),
        ({"status": [{"from": "2026-02-30", "state": "in_force"}]}, "not in the calendar"),
        ({"status": [{"from": "2026-01-01", "state": "sunset"}]}, "cannot begin with its end"),
        (
            {
                "status": [
                    {"from": "2026-01-02", "state": "in_force"},
                    {"from": "2026-01-02", "state": "enjoined"},
                ]
            },
            "must rise",
        ),
        (
            {
                "status": [
                    {"from": "2026-01-02", "state": "in_force"},
                    {"from": "2026-01-03", "state": "in_force"},
                ]
            },
            "already in_force",
        ),
        ({"grade": "A"}, "not one of: P, S, M, G"),
        ({"jurisdiction": "California"}, "ISO 3166"),
        ({"id": "Not An Id"}, "no id"),
        ({"title": " "}, "text is needed"),
        ({"obligations": [{**DUTY, "within": "48 hours"}]}, "ISO 8601"),
        ({"obligations": [{**DUTY, "clock": "event"}]}, "only such a clock"),
        ({"obligations": [{**DUTY, "clock": "qualitative"}]}, "only such a clock"),
        ({"obligations": [{k: v for k, v in DUTY.items() if k != "within"}]}, "elapsed clock"),
        (
            {
                "obligations": [
                    {**{k: v for k, v in DUTY.items() if k != "within"}, "clock": "qualitative"}
                ]
            },
            "effort",
        ),
        ({"binds": {"party": "distributor", "who": "x"}}, "names its risk"),
        ({"binds": {"party": "platform", "who": "x", "risk": "y"}}, "names its risk"),
        (
            {
                "binds": {"party": "distributor", "who": "x", "risk": "y"},
                "obligations": [DUTY],
            },
            "obligations are the platform's",
        ),
        (
            {"exceptions": [{"id": "e", "title": "t", "when": LEAF, "cite": "c"}] * 2},
            "second time",
        ),
    ],
)
def test_rules_that_are_refused(
    changes: dict[str, Any], sentence: str, rule: Make, build: Build
) -> None:
    with pytest.raises(PackInvalid, match=sentence):
        build(rule(**changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "two", "places": ["Atlantis"]}, "ISO 3166"),
        ({"name": "two", "facts": {"sinthetic": True}}, "did you mean"),
        ({"name": "two", "at": "soon"}, "not a date"),
        ({"name": "two", "events": {"party": "2026-01-01"}}, "unknown here"),
        ({"name": "one"}, "stands here already"),
        ({"name": "two", "expect": {"outcome": "maybe"}}, "not one of"),
    ],
)
def test_examples_that_are_refused(
    changes: dict[str, Any], sentence: str, rule: Make, build: Build
) -> None:
    base = rule()
    test = base["tests"][0]
    with pytest.raises(PackInvalid, match=sentence):
        build({**base, "tests": [test, {**test, **changes}]})


def test_an_example_needs_a_day(rule: Make, build: Build) -> None:
    test = {"name": "x", "facts": {"synthetic": True}, "expect": {"outcome": "applies"}}
    with pytest.raises(PackInvalid, match="'at' is missing"):
        build(rule(tests=[test]))


def test_packs_that_are_refused(rule: Make, build: Build, document: Make) -> None:
    citation = dict(document()["citations"]["c"])
    del citation["paraphrase"]
    with pytest.raises(PackInvalid, match="quote or a paraphrase"):
        build(citations={"c": citation})
    with pytest.raises(PackInvalid, match="second time"):
        build(rule(), rule())
    with pytest.raises(PackInvalid, match="canonical"):
        build(title="\ud800")
    with pytest.raises(PackInvalid, match="did you mean 'parody'"):
        build(questions={"parodi": "?"})
    with pytest.raises(PackInvalid, match="at least the reviewer"):
        build(minimum_sources={"synthetic": "detector"})
    with pytest.raises(PackInvalid, match="at least the platform"):
        build(minimum_sources={"request_valid": "requester"})


def test_the_digest_is_of_the_content_and_not_of_its_order(document: Make) -> None:
    value = document()
    mixed = dict(reversed(list(copy.deepcopy(value).items())))

    def digest(content: Any) -> str:
        return parse(read(json.dumps(content), file="x.yaml")).digest

    assert digest(value) == digest(mixed)
    assert digest(value) != digest({**value, "version": 2})


def test_a_folder_adds_packs_and_its_changes_are_seen(
    tmp_path: Path, document: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "own", document())
    builtin = {pack.id for pack in load_packs(folders=())}
    assert {pack.id for pack in load_packs([folder])} == builtin | {"example-pack"}
    monkeypatch.setenv(loader.FOLDERS, str(folder))
    assert {pack.id for pack in load_packs()} == builtin | {"example-pack"}
    assert {d.value["pack"] for d in documents()} == builtin | {"example-pack"}
    write(folder, document(title="Another title altogether"))
    titles = {pack.title for pack in load_packs()}
    assert "Another title altogether" in titles
    assert "An example pack" not in titles


def test_a_broken_file_in_a_named_folder_is_refused(tmp_path: Path, document: Make) -> None:
    folder = write(tmp_path / "own", document(extra=1))
    with pytest.raises(PackInvalid, match=r"one\.yaml:\d+: extra: .*unknown"):
        load_packs([folder])
    (folder / "one.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(PackInvalid, match="cannot be read"):
        load_packs([folder])
    with pytest.raises(PackInvalid, match="no folder"):
        load_packs([tmp_path / "absent"])


def test_two_packs_or_rules_of_one_name_are_refused(tmp_path: Path, document: Make) -> None:
    folder = write(tmp_path / "own", document())
    write(folder, document(pack="other-pack"), name="two.yaml")
    with pytest.raises(PackInvalid, match="rule example exists already"):
        load_packs([folder])
    (tmp_path / "copy").mkdir()
    shutil.copy(builtin_folder() / "us-ca" / "ab-730.yaml", tmp_path / "copy")
    with pytest.raises(PackInvalid, match="pack us-ca-ab-730 exists already"):
        load_packs([tmp_path / "copy"])


@pytest.fixture
def plugin(
    tmp_path: Path, document: Make, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, Any]], None]:
    """Installs packages that bring packs, as an entry point would."""

    def install(contents: dict[str, Any]) -> None:
        points = []
        for name, value in contents.items():
            if value is not None:
                write(tmp_path / name, value)
                (tmp_path / name / "__init__.py").write_text("", encoding="utf-8")
            points.append(EntryPoint(name=name, value=name, group=loader.GROUP))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(loader, "entry_points", lambda *, group: points)

    return install


def test_plugins_bring_packs_and_broken_ones_are_listed(
    plugin: Callable[[dict[str, Any]], None],
    document: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plugin(
        {
            "packs_of_others": document(),
            "packs_broken": document(pack="broken", nonsense=True),
            "packs_of_others_again": document(),
            "packs_absent": None,
        }
    )
    found = discover(folders=())
    assert "example-pack" in {pack.id for pack in found.packs}
    refused = dict(found.refused)
    assert set(refused) == {"packs_broken", "packs_of_others_again", "packs_absent"}
    assert "unknown here" in refused["packs_broken"]
    assert "exists already" in refused["packs_of_others_again"]
    assert "could not be loaded" in refused["packs_absent"]
    assert caplog.text.count("left out") == 3


def test_packs_come_in_the_order_of_their_ids() -> None:
    ids = [pack.id for pack in load_packs(folders=())]
    assert ids == sorted(ids)
    assert len(list(folder_packs(builtin_folder()))) == len(ids)


RECORD = {
    "id": "zz-bill",
    "title": "A bill",
    "summary": "Would forbid much.",
    "kind": "bill",
    "cite": "law",
    "why_no_rule": "It was never passed.",
    "status": [{"from": "2024-10", "state": "pending", "note": "Introduced."}],
    "open_notes": ["The number is unknown."],
    "review_due": "2027-01-01",
}


def with_records(document: dict[str, Any], *records: dict[str, Any]) -> dict[str, Any]:
    cite = next(iter(document["citations"]))
    return {**document, "records": [{**RECORD, "cite": cite, **record} for record in records]}


def test_a_dated_non_rule_is_read_and_never_evaluated() -> None:
    document = json.loads(json.dumps(dict(load_packs()[0].document)))
    document.pop("rules")
    pack = pack_of(with_records(document, {}), name="bill.yaml")
    assert pack.rules == ()
    (record,) = pack.records
    assert record.kind == "bill"
    assert (
        evaluate(
            (pack,), facts={}, at=datetime(2026, 1, 1, tzinfo=UTC), places=[], received_at=None
        ).rules
        == ()
    )
    document.pop("questions", None)
    with pytest.raises(PackInvalid, match="rules, records, or both"):
        pack_of({**document}, name="empty.yaml")


def test_a_month_is_disputed_within_and_sure_after() -> None:
    document = json.loads(json.dumps(dict(load_packs()[0].document)))
    pack = pack_of(with_records(document, {}), name="bill.yaml")
    first, second = pack.records[0].timeline
    assert (first.start.isoformat(), first.state) == ("2024-10-01", "disputed")
    assert (second.start.isoformat(), second.state) == ("2024-11-01", "pending")
    assert "not known" in (first.note or "")
    december = with_records(document, {"status": [{"from": "2024-12", "state": "in_force"}]})
    assert pack_of(december, name="x").records[0].timeline[1].start.isoformat() == "2025-01-01"
    for wrong in ("2024-13", "2024", "24-10"):
        body = with_records(document, {"status": [{"from": wrong, "state": "in_force"}]})
        with pytest.raises(PackInvalid):
            pack_of(body, name="x")


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"kind": "rumour"}, "is not one of"),
        ({"cite": "nowhere"}, "no citation 'nowhere'"),
        ({"mood": "x"}, "unknown here"),
    ],
)
def test_a_wrong_record_is_refused(record: dict[str, Any], sentence: str) -> None:
    document = json.loads(json.dumps(dict(load_packs()[0].document)))
    with pytest.raises(PackInvalid, match=sentence):
        pack_of(with_records(document, record), name="x.yaml")


def test_a_rule_and_a_record_cannot_share_an_id() -> None:
    document = json.loads(json.dumps(dict(load_packs()[0].document)))
    with pytest.raises(PackInvalid, match="second time"):
        pack_of(with_records(document, {"id": document["rules"][0]["id"]}), name="x.yaml")
