"""The part of `probity policy` that looks after packs: explain, diff, stale, new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policy.api import Fact, Pack
    from policy.diff import PastCase

_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON on standard output.")
_PATH = click.Path(exists=True, path_type=Path)


@click.command(name="explain")
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option("--facts", "facts_file", type=click.File("r", encoding="utf-8"), required=True)
@click.option("--at", help="The day whose law counts, 2026-11-20 or with time and zone; now.")
@click.option("--place", "places", multiple=True, help="ISO 3166, e.g. US-CA; may be repeated.")
@_JSON
def explain_rules(
    rules: tuple[str, ...], facts_file: Any, at: str | None, places: tuple[str, ...],
    as_json: bool,  # noqa: FBT001  click passes by name
) -> None:  # fmt: skip
    """Why each rule came out so, what was unknown, and which single fact would turn it.

    Without RULE, every rule that applies or may apply is explained.
    """
    from datetime import UTC, datetime

    from foundation.terminal import emit, emit_json, guarded
    from policy.durations import moment
    from policy.errors import PolicyRefusal
    from policy.explain import explain
    from policy.loader import load_packs

    with guarded():
        packs = load_packs()
        unknown = sorted(set(rules) - {rule.id for pack in packs for rule in pack.rules})
        if unknown:
            raise PolicyRefusal(
                f"There is no rule {', '.join(unknown)}; `probity policy list` names them all."
            )
        found = explain(
            packs,
            facts=read_facts(facts_file.read()),
            at=moment(at) if at else datetime.now(UTC),
            places=places,
            only=set(rules) or None,
        )
        shown = [line for line in found if rules or line.result.open]
        if as_json:
            emit_json({"rules": [line.to_dict() for line in shown]})
            return
        for line in shown:
            for text in line.lines():
                emit(text)
        if not shown:
            emit("No rule applies or may apply.")


@click.command(name="diff")
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--cases", type=click.File("r", encoding="utf-8"),
    help="Recorded evaluations, one JSON object a line: facts, at, places, received_at.",
)  # fmt: skip
@_JSON
def diff_packs(old: Path, new: Path, cases: Any, as_json: bool) -> None:  # noqa: FBT001
    """Which rules changed between two packs or folders of packs, and for which past cases.

    Exit status 1 when a rule changed.
    """
    from foundation.terminal import Exit, emit, emit_json, guarded
    from policy.diff import changes, shifts

    with guarded():
        before, after = _packs(old), _packs(new)
        changed = changes(before, after)
        past = list(_past(cases or ()))
        moved = list(shifts(before, after, past))
        if as_json:
            emit_json(
                {
                    "rules": [change.to_dict() for change in changed],
                    "cases": len(past),
                    "shifts": [shift.to_dict() for shift in moved],
                }
            )
        else:
            for change in changed:
                what = f": {', '.join(change.parts)}" if change.parts else ""
                emit(f"{change.kind} {change.rule}{what}")
            for shift in moved:
                emit(f"{shift.case}: {shift.rule} was {shift.old}, would be {shift.new}")
            emit(f"{len(changed)} rules changed; {len(moved)} outcomes in {len(past)} cases.")
        if changed:
            raise SystemExit(int(Exit.NEGATIVE))


@click.command(name="stale")
@click.option("--at", help="The day to look from; today.")
@_JSON
def stale_rules(at: str | None, as_json: bool) -> None:  # noqa: FBT001  click passes by name
    """Sources past their check date, and statutes about to take effect or to end.

    Exit status 1 when a source is past its date.
    """
    from datetime import UTC, datetime

    from foundation.terminal import Exit, emit_json, guarded, table
    from policy.durations import moment
    from policy.loader import load_packs
    from policy.stale import stale

    with guarded():
        day = (moment(at) if at else datetime.now(UTC)).date()
        found = stale(load_packs(), at=day)
        if as_json:
            emit_json({"at": day.isoformat(), "due": [due.to_dict() for due in found]})
        else:
            rows = [(due.on.isoformat(), due.kind, due.rule, due.sentence) for due in found]
            table(("on", "kind", "rule", "what"), rows)
        if any(due.kind == "review" for due in found):
            raise SystemExit(int(Exit.NEGATIVE))


@click.command(name="backtest")
@click.argument("cases", type=click.File("r", encoding="utf-8"))
@click.option("--packs", "folder", type=_PATH, help="Packs to try; those installed by default.")
@_JSON
def backtest_cases(cases: Any, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """How every rule comes out over recorded cases: one JSON object a line, as for `diff`.

    Facts, days and places are the recorded ones; the packs are today's, or those given.
    """
    from foundation.terminal import emit_json, guarded, table
    from policy.backtest import OUTCOMES, columns_of, tally
    from policy.loader import load_packs

    with guarded():
        packs = _packs(folder) if folder else load_packs()
        columns = columns_of(_past(cases))
        counts = tally(packs, columns)
        if as_json:
            emit_json({"cases": len(columns), "rules": counts})
            return
        rows = [(name, *(row[word] for word in OUTCOMES)) for name, row in counts.items()]
        table(("rule", *(word.replace("_", " ") for word in OUTCOMES)), rows)


@click.command(name="new")
@click.argument("name")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--place", default="*", help="ISO 3166, EU, or * for everywhere.")
def new_pack(name: str, folder: Path, place: str) -> None:
    """Write a pack to start from: one rule with its citation, question and passing tests."""
    from foundation.terminal import emit, guarded
    from policy.starting import write

    with guarded():
        emit(f"Wrote {write(name, folder=folder, place=place)}.")
        emit("Say where it lies with PROBITY_POLICY_DIR, then run `probity policy test --mutate`.")


def read_facts(text: str) -> dict[str, Fact]:
    """Facts as JSON: a bare value is a reviewer's confirmed answer. Raises FactRefused."""
    from foundation.chain import NotCanonical, parse
    from policy.errors import FactRefused
    from policy.vocabulary import answer

    try:
        given = parse(text)
    except NotCanonical as error:
        raise FactRefused(f"The facts are not JSON. {error.sentence}") from None
    if not isinstance(given, dict):
        raise FactRefused('The facts must be one JSON object, for example {"synthetic": true}.')
    return {name: answer(name, value) for name, value in given.items()}


def _packs(path: Path) -> tuple[Pack, ...]:
    from policy.loader import file_pack, folder_packs

    return tuple(folder_packs(path)) if path.is_dir() else (file_pack(path),)


def _past(lines: Iterable[str]) -> Iterator[PastCase]:
    """Recorded cases from JSON lines; raises FactRefused with the line's number."""
    from foundation.chain import NotCanonical, parse
    from policy.diff import PastCase
    from policy.errors import FactRefused

    for number, line in enumerate(lines, start=1):
        try:
            yield PastCase.read(parse(line), name=f"line {number}")
        except NotCanonical as error:
            raise FactRefused(f"Line {number} is not JSON. {error.sentence}") from None
