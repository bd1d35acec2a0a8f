"""What changed around an open case since its page was last told, in parts and in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext, ngettext

from probity.accounts.models import Person
from probity.cases.models import CaseClaim
from probity.cases.presence import present
from probity.web.triage.case_page import CasePage
from probity.web.triage.clock import Clock

#: Clocks of these levels are worth a word when one gets there.
PRESSING = {"late", "soon"}


@dataclass(frozen=True)
class Told:
    """The marks that the page sends along: who it thinks holds the case, when it is due, who is
    here."""

    hold: str
    due: str
    here: str


@dataclass(frozen=True)
class News:
    """The parts to draw anew, and what to say about it; nothing where nothing changed."""

    parts: list[str]
    say: str
    here: list[str]


def here_mark(names: list[str]) -> str:
    """Changes with who else is here."""
    return ",".join(names)


def news_of(page: CasePage, *, told: Told) -> News:
    """Compare the case with what the page was told."""
    parts, say = [], []
    if told.hold != page.hold_mark:
        parts += ["hold", "head"]
        say.append(_held(page, told.hold))
    if told.due != page.due_mark:
        parts.append("urgency")
        say.append(_due(page.clock, told.due))
    here = present(page.case.pk, besides=page.person)
    if told.here != here_mark(here):
        parts.append("presence")
        say.append(here_words(here, before=told.here))
    return News(parts, " ".join(sentence for sentence in say if sentence), here)


def hold_news(page: CasePage, *, told: str) -> News:
    """That somebody else holds the case now than the page was told."""
    return News(["hold", "head"], _held(page, told), [])


def here_words(names: list[str], *, before: str) -> str:
    """Who else looks at the case, in one sentence."""
    if not names:
        return gettext("Nobody else is looking at this case any more.") if before else ""
    return ngettext(
        "%(names)s is looking at this case too.", "%(names)s are looking at this case too.",
        len(names),
    ) % {"names": ", ".join(names)}  # fmt: skip


def _held(page: CasePage, told: str) -> str:
    claim = page.hold.claim
    before = _claim(told, page.person)
    if claim and before and claim.pk == before:
        return ""
    if page.hold.mine:
        return gettext("You hold this case now.")
    if claim and before:
        return gettext("You do not hold this case any more; %(name)s took it.") % {
            "name": claim.person.username
        }
    if claim:
        return gettext("%(name)s holds this case now.") % {"name": claim.person.username}
    if before:
        return gettext("You do not hold this case any more. Take it again to go on.")
    return gettext("Nobody holds this case now.")


def _claim(told: str, person: Person) -> UUID | None:
    """The claim that the page was told of, where it was the person's own."""
    try:
        key = UUID(told.partition(".")[0])
    except ValueError:
        return None
    return key if CaseClaim.objects.filter(pk=key, person=person).exists() else None


def _due(clock: Clock, told: str) -> str:
    level, _, due = told.partition(".")
    if clock.level == "done":
        return gettext("The case is decided.")
    if clock.due_at is None:
        return gettext("No legal deadline runs any more.")
    if due != f"{clock.due_at:%Y%m%d%H%M%S}":
        return gettext("The deadline changed: %(clock)s.") % {"clock": clock.words}
    if clock.level != level and clock.level in PRESSING:
        return gettext("The deadline is pressing: %(clock)s.") % {"clock": clock.words}
    return ""
