"""Changing the routing: a lead adds, changes, moves and removes lines; each change is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.canonical import digest_of
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import Conflict, InvalidInput, NotFound

from .models import Category, Queue, RoutingRule, SenderKind, Severity
from .notice import places_read
from .routing import Line, rules_now

TITLE_MAX = 120
LANGUAGE_MAX = 12
CHOICES = {
    "categories": frozenset(Category),
    "severities": frozenset(Severity),
    "sender_kinds": frozenset(SenderKind),
}


def line_check(line: Line) -> Line:
    """A line with its values in order; raises InvalidInput with a sentence for each wrong one."""
    wrong: dict[str, str] = {}
    title = " ".join(line.title.split())
    if not title or len(title) > TITLE_MAX:
        wrong["title"] = f"Say what the rule is for, in at most {TITLE_MAX} characters."
    if not Queue.objects.filter(key=line.queue).exists():
        wrong["queue"] = "Choose a queue that exists."
    for name, known in CHOICES.items():
        unknown = sorted(set(getattr(line, name)) - known)
        if unknown:
            wrong[name] = f"{', '.join(unknown)} is none of {', '.join(sorted(known))}."
    places: list[str] = []
    try:
        places = places_read(list(line.places))
    except InvalidInput as refusal:
        wrong.update(refusal.fields)
    languages = [one.strip().lower() for one in line.languages if one.strip()]
    if not all(len(one) <= LANGUAGE_MAX and one.replace("-", "").isalnum() for one in languages):
        wrong["languages"] = "Languages are codes with commas between, such as en, de, pt-BR."
    if wrong:
        raise InvalidInput.of(wrong)
    return replace(line, title=title, places=places, languages=languages)


def rules_digest() -> str:
    """Names the rules as they stand; a form says which ones it was made from."""
    return digest_of([asdict(line) for line in rules_now()])[:16]


def rules_with(line: Line, *, rule: RoutingRule | None) -> list[Line]:
    """The rules as they would be with a line changed, or added at the end."""
    rows = list(RoutingRule.objects.select_related("queue"))
    lines = rules_now()
    if rule is None:
        return [*lines, line]
    return [line if row.pk == rule.pk else kept for row, kept in zip(rows, lines, strict=True)]


def rule_find(rule_id: UUID) -> RoutingRule:
    """A rule by id; raises NotFound."""
    rule = RoutingRule.objects.select_related("queue").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no routing rule with this id. Somebody may have removed it.")
    return rule


@transaction.atomic
def rule_add(*, line: Line, seen: str | None, actor: Actor) -> RoutingRule:
    """Add a rule as the last one. Raises NotAllowed, InvalidInput, Conflict."""
    checked = _begin(line=line, seen=seen, actor=actor)
    last = RoutingRule.objects.aggregate(last=Max("order"))["last"] or 0
    rule = RoutingRule.objects.create(order=last + 1, **_columns(checked))
    _said(actor)
    return rule


@transaction.atomic
def rule_change(*, rule: RoutingRule, line: Line, seen: str | None, actor: Actor) -> RoutingRule:
    """Change a rule where it stands. Raises NotAllowed, InvalidInput, Conflict."""
    checked = _begin(line=line, seen=seen, actor=actor)
    for name, value in _columns(checked).items():
        setattr(rule, name, value)
    rule.save()
    _said(actor)
    return rule


@transaction.atomic
def rule_remove(*, rule: RoutingRule, seen: str | None, actor: Actor) -> None:
    """Remove a rule; cases stay where they are until they are routed anew."""
    _begin(line=None, seen=seen, actor=actor)
    rule.delete()
    _said(actor)


@transaction.atomic
def rule_move(*, rule: RoutingRule, up: bool, seen: str | None, actor: Actor) -> None:
    """Look at a rule one place earlier, or one place later."""
    _begin(line=None, seen=seen, actor=actor)
    rows = list(RoutingRule.objects.all())
    here = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    for place, row in enumerate(rows, start=1):
        RoutingRule.objects.filter(pk=row.pk).update(order=place)
    _said(actor)


@transaction.atomic
def rules_set(*, lines: Sequence[Line], seen: str | None, actor: Actor) -> None:
    """Put these rules in use instead of all others. Raises NotAllowed, InvalidInput, Conflict."""
    _begin(line=None, seen=seen, actor=actor)
    checked = [line_check(line) for line in lines]
    RoutingRule.objects.all().delete()
    RoutingRule.objects.bulk_create(
        [RoutingRule(order=order, **_columns(line)) for order, line in enumerate(checked, start=1)]
    )
    _said(actor)


def _begin(*, line: Line | None, seen: str | None, actor: Actor) -> Line:
    """Let one person at a time change the rules, and nobody change what they did not see."""
    actor.require_person(Ability.QUEUES_MANAGE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases_routing_rule'))")
    if seen is not None and seen != rules_digest():
        raise Conflict(
            "While you were reading, a colleague changed the routing rules. Look at them again; "
            "nothing of yours was saved."
        )
    return line_check(line) if line else Line("", "")


def _columns(line: Line) -> dict[str, object]:
    values: dict[str, object] = {
        name: list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
        for name, value in asdict(line).items()
    }
    return {**values, "queue": Queue.objects.get(key=line.queue)}


def _said(actor: Actor) -> None:
    """The log gets the whole table: what was in force at any moment can be read back."""
    event_append(
        chain=SYSTEM_CHAIN,
        name="routing.changed",
        actor=actor.name,
        payload={"rules": [asdict(line) for line in rules_now()]},
    )
