"""`probity policy`: read the packs, evaluate facts, run the tests inside the packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from policy import cli_review

if TYPE_CHECKING:
    from policy.result import Evaluation

_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON on standard output.")


@click.group(name="policy")
def command() -> None:
    """The law as dated, cited rules. Recommends; a person decides. Not legal advice."""


@command.command(name="list")
@_JSON
def list_packs(as_json: bool) -> None:  # noqa: FBT001  click passes by name
    """Packs and rules, with their legal state today."""
    from datetime import UTC, datetime

    from foundation.terminal import emit_json, guarded, say, table
    from policy.loader import discover

    with guarded():
        found = discover()
        today = datetime.now(UTC).date()
        rows = [
            {
                "id": rule.id,
                "title": rule.title,
                "jurisdiction": rule.jurisdiction,
                "status": change.state.value if (change := rule.state_at(today)) else "pending",
                "grade": rule.grade.value,
                "pack": pack.id,
                "version": pack.version,
                "digest": pack.digest,
            }
            for pack in found.packs
            for rule in pack.rules
        ]
        records = [
            {
                "id": record.id,
                "title": record.title,
                "jurisdiction": record.jurisdiction,
                "kind": record.kind.value,
                "pack": pack.id,
            }
            for pack in found.packs
            for record in pack.records
        ]
        for name, sentence in found.refused:
            say(f"The pack plugin {name} was left out. {sentence}")
        if as_json:
            refused = [list(pair) for pair in found.refused]
            emit_json({"rules": rows, "records": records, "refused": refused})
            return
        columns = ("id", "jurisdiction", "status", "grade", "title", "pack")
        table(columns, [[row[name] for name in columns] for row in rows])
        if records:
            kept = ("id", "jurisdiction", "kind", "title", "pack")
            table(kept, [[row[name] for name in kept] for row in records], title="No rules")


@command.command(name="show")
@click.argument("name")
@_JSON
def show(name: str, as_json: bool) -> None:  # noqa: FBT001  click passes by name
    """One rule, or all rules of one pack, with citations."""
    from foundation.terminal import emit, emit_json, guarded
    from policy.errors import PolicyRefusal
    from policy.loader import load_packs
    from policy.reading import record_dict, record_lines, rule_dict, rule_lines

    with guarded():
        packs = load_packs()
        rules = [rule for pack in packs for rule in pack.rules if name in (rule.id, pack.id)]
        records = [row for pack in packs for row in pack.records if name in (row.id, pack.id)]
        if not rules and not records:
            raise PolicyRefusal(
                f"There is no rule and no pack {name!r}; `probity policy list` names them all."
            )
        if as_json:
            emit_json(
                {
                    "rules": [rule_dict(rule) for rule in rules],
                    "records": [record_dict(row) for row in records],
                }
            )
            return
        texts = [*map(rule_lines, rules), *map(record_lines, records)]
        for number, lines in enumerate(texts):
            if number:
                emit("")
            for line in lines:
                emit(line)


@command.command(name="facts")
@_JSON
def list_facts(as_json: bool) -> None:  # noqa: FBT001  click passes by name
    """The vocabulary: every fact, and whose word is enough."""
    from foundation.terminal import emit_json, guarded, table
    from policy.vocabulary import vocabulary

    with guarded():
        rows = [
            {
                "name": spec.name,
                "type": spec.type.value,
                "minimum": spec.minimum.value,
                "supply": sorted(spec.supply),
                "question": spec.question,
                "help": spec.help,
                "sensitivity": spec.sensitivity.value,
            }
            for spec in vocabulary().values()
        ]
        if as_json:
            emit_json({"facts": rows})
            return
        columns = ("name", "type", "minimum", "question")
        table(columns, [[row[name] for name in columns] for row in rows])


@command.command(name="evaluate")
@click.option(
    "--facts",
    "facts_file",
    type=click.File("r", encoding="utf-8"),
    required=True,
    help="JSON file, - for standard input: each name with a value or {value, source}.",
)
@click.option("--at", help="The day whose law counts, 2026-11-20 or with time and zone; now.")
@click.option("--place", "places", multiple=True, help="ISO 3166, e.g. US-CA; may be repeated.")
@click.option("--received-at", help="When the valid request came in; starts the clocks.")
@_JSON
def evaluate_facts(
    facts_file: Any,
    at: str | None,
    places: tuple[str, ...],
    received_at: str | None,
    as_json: bool,  # noqa: FBT001  click passes by name
) -> None:
    """What the rules say about these facts, on that day, in those places."""
    from datetime import UTC, datetime

    from foundation.terminal import emit_json, guarded
    from policy.calendar import calendar_facts, occasions
    from policy.durations import moment
    from policy.engine import evaluate
    from policy.loader import load_packs

    with guarded():
        when = moment(at) if at else datetime.now(UTC)
        given = cli_review.read_facts(facts_file.read())
        evaluation = evaluate(
            load_packs(),
            facts={**calendar_facts(occasions(), at=when, places=places), **given},
            at=when,
            places=places,
            received_at=moment(received_at) if received_at else None,
        )
        if as_json:
            emit_json(evaluation.to_dict())
        else:
            _print(evaluation)


def _print(evaluation: Evaluation) -> None:
    from foundation.terminal import emit

    for result in evaluation.rules:
        emit(f"{result.rule.id} ({result.state.replace('_', ' ')}, grade {result.rule.grade})")
        emit(f"  {result.sentence}")
        for duty in result.duties:
            when = duty.due.isoformat() if duty.due else duty.due_note
            held = "provisionally, " if duty.provisional else ""
            emit(f"  {duty.obligation.what} ({held}{when})")
        if result.open:
            if result.rule.risk:
                emit(f"  {result.rule.risk}")
            emit(f"  {result.recommendation}")
    for conflict in evaluation.conflicts:
        emit(f"Conflict: {conflict.sentence} {conflict.resolution}")
    for question in evaluation.questions:
        emit(f"? {question.fact}: {question.asked_by[0][1].question}")
    emit("Recommendations for a person to decide on. Not legal advice.")


@command.command(name="test")
@click.option("--mutate", is_flag=True, help="Also check that the tests notice every change.")
@_JSON
def run_tests(mutate: bool, as_json: bool) -> None:  # noqa: FBT001  click passes by name
    """Run the tests inside every pack; exit status 1 when one fails."""
    from foundation.terminal import Exit, emit, emit_json, guarded
    from policy.loader import documents, load_packs
    from policy.mutation import check
    from policy.trial import run

    with guarded():
        packs = load_packs()
        failures = run(packs)
        count = sum(len(pack.tests) for pack in packs)
        outcome: dict[str, Any] = {
            "tests": count,
            "failures": [
                {"rule": f.rule, "test": f.test, "sentence": f.sentence} for f in failures
            ],
        }
        sharp = True
        if mutate:
            verdicts = [check(document) for document in documents()]
            survivors = [pair for verdict in verdicts for pair in verdict.survivors]
            total = sum(verdict.total for verdict in verdicts)
            sharp = len(survivors) <= total * 0.02
            outcome["mutants"] = {"total": total, "survivors": [list(pair) for pair in survivors]}
        if as_json:
            emit_json(outcome)
        else:
            _print_tests(outcome, emit)
        if failures or not sharp:
            raise SystemExit(int(Exit.NEGATIVE))


def _print_tests(outcome: dict[str, Any], emit: Any) -> None:
    for failure in outcome["failures"]:
        emit(f"{failure['rule']}, {failure['test']}: {failure['sentence']}")
    emit(f"{outcome['tests']} tests, {len(outcome['failures'])} differences.")
    if "mutants" in outcome:
        mutants = outcome["mutants"]
        for rule, change in mutants["survivors"]:
            emit(f"Unnoticed: {rule}, {change}")
        emit(f"{mutants['total']} changes tried, {len(mutants['survivors'])} unnoticed.")


command.add_command(cli_review.explain_rules)
command.add_command(cli_review.diff_packs)
command.add_command(cli_review.stale_rules)
command.add_command(cli_review.backtest_cases)
command.add_command(cli_review.new_pack)
