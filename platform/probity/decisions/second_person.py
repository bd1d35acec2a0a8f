"""Which decisions need a second person: what the rules say, and the operator's own table.

A rule of a policy pack may carry ``second_person``, a sentence that says why. The operator's table
names subjects: an action, a fact that holds, a kind of report, a sender, a sealed file. What is
shipped is ``SHIPPED``; a row of SecondPersonRule speaks louder, and the latest one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.cases.models import CATEGORY_WORDS, Case, Category
from probity.core.clock import now
from probity.core.errors import InvalidInput

from .law import fact_words
from .measures import NAMES
from .models import Action, PolicyEvaluation, SecondPersonRule

SYSTEM_CHAIN = "system"
BECAUSE_MAX = 300
SEALED = "sealed"
SENDERS = {"authority": "an authority", "trusted_flagger": "a trusted flagger"}

SHIPPED: Mapping[str, str] = {
    "action:suspend": "suspending an account silences a person beyond this one item",
    "fact:depicted_is_minor": "it concerns a minor",
    "fact:minor_sexualised": "it concerns a minor",
    "fact:uploader_is_minor": "it concerns a minor",
    "sealed": "a file was sealed because it may show a minor",
    "fact:depicts_candidate": "it shows a candidate for office",
    "fact:depicts_public_person": "it shows a person in public life",
    "fact:authority_order": "an authority ordered it",
    "sender:authority": "an authority asked for it",
}


@dataclass(frozen=True)
class Why:
    """One reason why a second person has to agree: who says so, about what, in words."""

    source: str
    subject: str
    because: str

    def to_dict(self) -> dict[str, str]:
        """As it is kept with the decision."""
        return {"from": self.source, "subject": self.subject, "because": self.because}


@dataclass(frozen=True)
class Line:
    """One line of the operator's table as it holds now."""

    subject: str
    words: str
    needed: bool
    because: str
    shipped: bool


def reasons_of(
    *,
    case: Case,
    actions: Iterable[str],
    rules: Sequence[str],
    evaluation: PolicyEvaluation | None,
) -> list[Why]:
    """Why a second person has to agree to these actions in this case; empty when nobody has to.

    A rule speaks when it applies, or when the decision rests on it; a fact when it is known to be
    true, whoever said so.
    """
    found = [*_by_law(rules, evaluation), *_by_table(case, actions, evaluation)]
    return list({why.because: why for why in reversed(found)}.values())[::-1]


def _by_law(rules: Sequence[str], evaluation: PolicyEvaluation | None) -> list[Why]:
    result = evaluation.result["rules"] if evaluation else []
    return [
        Why("policy", rule["id"], rule["second_person"])
        for rule in result
        if rule.get("second_person") and (rule["outcome"] == "applies" or rule["id"] in rules)
    ]


def _by_table(case: Case, actions: Iterable[str], evaluation: PolicyEvaluation | None) -> list[Why]:
    facts = evaluation.facts if evaluation else {}
    met = {f"action:{action}" for action in actions}
    met |= {f"fact:{name}" for name, fact in facts.items() if fact["value"] is True}
    met.add(f"category:{case.category}")
    met |= {f"sender:{kind}" for kind in case.reports.values_list("sender_kind", flat=True)}
    if case.items.filter(asset__sealed_at__isnull=False).exists():
        met.add(SEALED)
    return [
        Why("operator", subject, because)
        for subject, because in table_now().items()
        if subject in met
    ]


def table_now() -> dict[str, str]:
    """Every subject that needs a second person now, with its reason."""
    table = dict(SHIPPED)
    for row in SecondPersonRule.objects.order_by("at"):
        if row.needed:
            table[row.subject] = row.because
        else:
            table.pop(row.subject, None)
    return table


def subjects() -> dict[str, str]:
    """Everything the table may name, with words for it."""
    named = {f"action:{action}": f"Action: {NAMES[action]}" for action in Action}
    named |= {f"category:{kind}": f"Reported as: {CATEGORY_WORDS[kind]}" for kind in Category}
    named |= {f"sender:{kind}": f"Sent by {words}" for kind, words in SENDERS.items()}
    named[SEALED] = "A file is sealed"
    named |= {
        f"fact:{name}": f"Fact: {words.question}"
        for name, words in sorted(fact_words().items())
        if words.type == "bool"
    }
    return named


def table_lines() -> list[Line]:
    """The whole table: what needs a second person first."""
    needed = table_now()
    lines = [
        Line(
            subject=subject,
            words=words,
            needed=subject in needed,
            because=needed.get(subject, ""),
            shipped=needed.get(subject) == SHIPPED.get(subject, ""),
        )
        for subject, words in subjects().items()
    ]
    return sorted(lines, key=lambda line: not line.needed)


@transaction.atomic
def second_person_rule(
    *, subject: str, needed: bool, because: str, actor: Actor
) -> SecondPersonRule:
    """Say whether decisions about a subject need a second person from now on.

    What already waits goes on waiting. Raises NotAllowed, InvalidInput.
    """
    person = actor.require_person(Ability.SECOND_PERSON_SET)
    wrong: dict[str, str] = {}
    if subject not in subjects():
        wrong["subject"] = "The table knows no such subject; choose one from its list."
    if not because.strip() or len(because.strip()) > BECAUSE_MAX:
        wrong["because"] = f"Say why, in one sentence of at most {BECAUSE_MAX} characters."
    if wrong:
        raise InvalidInput.of(wrong)
    row = SecondPersonRule.objects.create(
        subject=subject, needed=needed, because=because.strip(), person=person, at=now()
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="second_person.ruled",
        actor=actor.name,
        payload={"rule": str(row.pk), "subject": subject, "needed": needed},
    )
    return row
