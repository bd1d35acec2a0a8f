"""Everything a case told anybody, and who may not be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commitment_opens
from probity.cases.models import Case
from probity.notices.languages import NAMES
from probity.notices.models import HoldGround, Notice, NoticeHold, Party
from probity.notices.selectors import notices_of
from probity.notices.services import committed, wording_of
from probity.notices.shipped import Text
from probity.outbox.models import MessageState
from probity.web.language.later import later
from probity.web.language.said import said

from .letter import Block, letter_blocks
from .words import GROUND_WORDS, PARTY_WORDS, how_told, kind_words

DELIVERY = {
    MessageState.WAITING: later("The e-mail waits to be sent."),
    MessageState.SENDING: later("The e-mail is being sent."),
    MessageState.SENT: later("The mail server took it."),
    MessageState.DEAD: later("The e-mail could not be delivered."),
}


@dataclass(frozen=True)
class Line:
    """One notice: to whom, how, and its exact words save the secret address in it."""

    notice: Notice
    title: str
    to: str
    how: str
    delivery: str
    language: str
    language_name: str
    wording: str
    blocks: list[Block]
    unchanged: bool | None


@dataclass(frozen=True)
class HoldLine:
    """One hold on telling; ``told`` when the reader may see why."""

    hold: NoticeHold
    sentence: str
    told: bool
    open: bool


@dataclass(frozen=True)
class CaseNotices:
    """The page."""

    case: Case
    lines: list[Line]
    holds: list[HoldLine]
    may_manage: bool
    parties: Mapping[str, str]
    grounds: Mapping[str, str]
    page_address: str = ""
    form: str = ""
    draft: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def case_notices(
    case: Case, *, actor: Actor, page_address: str = "", form: str = "",
    draft: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
) -> CaseNotices:  # fmt: skip
    """Gather it."""
    manages = Ability.NOTICES_MANAGE in actor.abilities
    return CaseNotices(
        case=case,
        lines=[_line(row) for row in notices_of(case)],
        holds=[_hold(row, told=manages) for row in case.notice_holds.select_related("placed_by")],
        may_manage=manages,
        parties={"": gettext("Everybody"), **{p.value: words for p, words in PARTY_WORDS.items()}},
        grounds={g.value: words for g, words in GROUND_WORDS.items()},
        page_address=page_address,
        form=form,
        draft=draft or {},
        errors=errors or {},
    )


def _line(row: Notice) -> Line:
    good = None
    if row.salt:
        text = committed(Text(row.subject, row.text))
        good = commitment_opens(digest=row.digest, salt=row.salt, value=text)
    return Line(
        notice=row,
        title=kind_words(row.kind),
        to=PARTY_WORDS[Party(row.to)],
        how=how_told(row),
        delivery=DELIVERY[MessageState(row.message.state)] if row.message else "",
        language=row.language,
        language_name=NAMES.get(row.language, row.language),
        wording=said(wording_of(row)),
        blocks=letter_blocks(row.text_shown),
        unchanged=good,
    )


def _hold(row: NoticeHold, *, told: bool) -> HoldLine:
    who = PARTY_WORDS[Party(row.to)].lower() if row.to else gettext("reporters and uploader")
    sentence = gettext("{ground_words}: nothing goes to the {who}").format(
        ground_words=GROUND_WORDS[HoldGround(row.ground)], who=who
    )
    return HoldLine(row, sentence, told, row.ended_at is None)
