"""Free text in which people here may have named somebody: rooms above say how theirs is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from probity.cases.models import Report
from probity.cases.receipts import receipt_token
from probity.contests.models import Appeal
from probity.core.mentions import named_in, quoted_in, reached_at, terms_of
from probity.evidence.models import Asset
from probity.parties.models import Uploader
from probity.search.forgetting import searches_forget

#: So many digits of a SHA-256 stand on pages.
SHOWN = 12


class Forget(Protocol):
    """Erase what names one of the terms, in the caller's transaction; how many texts it was."""

    def __call__(self, terms: Collection[str], *, actor: str) -> int: ...


_forgetters: list[Forget] = [searches_forget]


def mentions_register(forget: Forget) -> None:
    """Have a room's texts reached by every erasure."""
    if forget not in _forgetters:
        _forgetters.append(forget)


def mentions_forget(terms: Collection[str], *, actor: str) -> int:
    """Erase, everywhere, what people here wrote that names one of the terms; how many texts."""
    return sum(forget(terms, actor=actor) for forget in _forgetters)


@dataclass(frozen=True)
class Traces:
    """By what somebody is recognised in a text: ``terms`` that name them or what is theirs, of
    which ``personal`` name themselves; ``words`` of theirs that a text may repeat."""

    terms: Collection[str]
    personal: Collection[str] = ()
    words: Collection[str] = ()

    def found_in(self, text: str) -> bool:
        """Whether a text names them, what is theirs, or repeats their words."""
        return named_in(text, self.terms) or any(quoted_in(text, said) for said in self.words)


def reporter_traces(report: Report) -> Traces:
    """A report's sender, by address, name, what they reported, their receipt, their words."""
    contact = getattr(report, "contact", None)
    own = (contact.email, contact.signature, *reached_at(contact.other)) if contact else ()
    appeals = list(report.appeals.all())
    personal = terms_of(*own, *_said(appeals), receipt_token(report.pk), str(report.pk))
    words = [report.explanation, *(row.words for row in appeals)]
    return Traces([*personal, *terms_of(report.url)], personal, words)


def uploader_traces(uploader: Uploader) -> Traces:
    """An uploader, by account, address, names they gave, and what they said in appeals."""
    appeals = list(uploader.appeals.all())
    terms = terms_of(uploader.reference, uploader.email, *_said(appeals))
    return Traces(terms, terms, [row.words for row in appeals])


def appeal_traces(appeals: Collection[Appeal]) -> Traces:
    """Those who sent these appeals."""
    terms = terms_of(*_said(appeals))
    return Traces(terms, terms, [row.words for row in appeals])


def asset_traces(asset: Asset) -> Traces:
    """A file, by its SHA-256, whole or as pages show it."""
    return Traces(terms_of(asset.pk, asset.pk[:SHOWN]))


def _said(appeals: Iterable[Appeal]) -> list[str]:
    return [text for row in appeals for text in (row.email, row.signature)]
