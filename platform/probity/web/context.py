"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from probity.accounts.roles import Ability
from probity.accounts.selectors import exceptions_waiting
from probity.care.selectors import day_if_begun
from probity.web.language.tables import CATEGORY_WORDS
from probity.workflow.declining import uncovered

from .console.look import look_of
from .guard import person_of

OF_CASES = {
    "queue", "board", "case", "dossier", "exports", "counsel", "carry", "compare", "campaign",
    "search", "bulk", "bulk-new", "bulk-preview", "bulk-propose", "bulk-run", "detectors",
    "detector",
}  # fmt: skip


SECOND = {"approvals", "second-person", "seal-lifts"}


@dataclass(frozen=True)
class Door:
    """One link of the navigation."""

    name: str
    words: str
    here: bool

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.name)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The platform's name, who is signed in, what they may do, and where they may go."""
    person = person_of(request)
    abilities = person.abilities if person else frozenset()
    walled = bool(person and person.password_change_required)
    return {
        "platform_name": settings.PLATFORM_NAME,
        "languages": settings.LANGUAGES,
        "person": person,
        "may_read": Ability.CASES_READ in abilities,
        "may_work": Ability.CASES_WORK in abilities,
        "may_seal": Ability.ASSETS_SEAL in abilities,
        "may_unseal": Ability.SEALS_LIFT in abilities,
        "may_audit": Ability.AUDIT_READ in abilities,
        "may_export": Ability.BUNDLES_EXPORT in abilities,
        "may_approve": Ability.LAW_APPROVE in abilities,
        "may_lead": Ability.QUEUES_MANAGE in abilities,
        "may_people": Ability.PEOPLE_MANAGE in abilities,
        "may_oversee": Ability.ACCESS_OVERSEE in abilities,
        "may_watch": Ability.ALERTS_MANAGE in abilities,
        "may_figures": Ability.FIGURES_READ in abilities,
        "may_suspend": Ability.ABUSE_DECIDE in abilities,
        "may_second": Ability.SECOND_PERSON_SET in abilities,
        "category_words": CATEGORY_WORDS,
        "look": SimpleLazyObject(lambda: look_of(request)),
        "care_day": SimpleLazyObject(lambda: day_if_begun(person) if person else None),
        "nav": [] if walled else _doors(request, abilities),
    }


def doors_of(request: HttpRequest) -> list[Door]:
    """The navigation of who asks."""
    person = person_of(request)
    return _doors(request, person.abilities) if person else []


def _doors(request: HttpRequest, abilities: frozenset[Ability]) -> list[Door]:
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    doors = [
        Door("report", gettext("Report"), here=here == "report"),
        Door("check", gettext("Check a file"), here=here.startswith("check")),
    ]
    if Ability.WORKS_SIGN in abilities:
        doors.append(Door("desk", gettext("Sign"), here=here.startswith("desk")))
    if Ability.OUTBOX_MANAGE in abilities:
        doors.append(Door("outbox", gettext("Outbox"), here=here.startswith("outbox")))
    if Ability.WORK_READ in abilities:
        doors.append(Door("work", gettext("Work"), here=here == "work"))
    if Ability.BANKS_MANAGE in abilities:
        doors.append(Door("banks", gettext("Banks"), here=here.startswith("bank")))
    if Ability.NOTICES_MANAGE in abilities:
        here_too = here.startswith(("notice-text", "transparency"))
        doors.append(Door("notice-texts", gettext("Notices"), here=here_too))
    doors += _people_doors(here, abilities)
    if Ability.FIGURES_READ in abilities:
        doors.append(Door("figures", gettext("Figures"), here=here == "figures"))
    if Ability.CASES_READ in abilities:
        doors.insert(0, Door("queue", gettext("Cases"), here=here in OF_CASES))
        doors.insert(1, Door("law", gettext("Law"), here=here.startswith("law")))
        watching = here.startswith(("alert", "watch"))
        if Ability.QUEUES_MANAGE in abilities:
            doors.append(Door("leading-queues", gettext("Queues"), here=here.startswith("leading")))
        contesting = ("appeal", "request", "sender", "misuse", "suspension")
        doors.append(Door("appeals", gettext("Appeals"), here=here.startswith(contesting)))
        doors.append(Door("keeping", gettext("Keeping"), here=here.startswith("keeping")))
        seconds = {Ability.DECISIONS_APPROVE: "approvals", Ability.SEALS_LIFT: "seal-lifts"}
        second = next((name for ability, name in seconds.items() if ability in abilities), None)
        if second:
            doors.insert(1, Door(second, gettext("Second person"), here=here in SECOND))
        doors.insert(2, Door("alerts", gettext("Alerts"), here=watching))
    return doors


def _people_doors(here: str, abilities: frozenset[Ability]) -> list[Door]:
    """People for who manages them; exceptions and deserted categories for who oversees them."""
    doors = []
    if Ability.PEOPLE_MANAGE in abilities:
        doors.append(Door("people", gettext("People"), here=here.startswith(("people", "person"))))
    missing = len(uncovered()) if Ability.CARE_MANAGE in abilities else 0
    if missing:
        doors.append(
            Door(
                "leading-care",
                gettext("Nobody for: {missing}").format(missing=missing),
                here=here == "leading-care",
            )
        )
    waiting = exceptions_waiting() if Ability.ACCESS_OVERSEE in abilities else 0
    if waiting:
        doors.append(
            Door(
                "access",
                gettext("Exceptions: {waiting}").format(waiting=waiting),
                here=here == "access",
            )
        )
    return doors
