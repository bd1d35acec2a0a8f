"""What the pages of banks show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count
from django.utils.translation import gettext

from probity.core.errors import InvalidInput, Refusal
from probity.matching.models import LENGTHS, Bank, BankEntry, BankKind
from probity.matching.selectors import banks_list, entries_parked
from probity.web.language.later import later
from probity.web.language.said import said, said_of
from probity.web.review.replay import actor_words

KIND_WORDS = {
    BankKind.KNOWN: later("Known content: a match is proposed to reviewers"),
    BankKind.NEGATIVE: later("Never a match: blank frames, logos, test pictures"),
    BankKind.WATCH: later("Watch-list: a match only warns its subscribers"),
}
SHOWN_MOST = 100


@dataclass(frozen=True)
class Form:
    """A form as it was sent, and what was wrong with it."""

    draft: Mapping[str, str] = field(default_factory=dict)
    error: Refusal | None = None

    @property
    def errors(self) -> Mapping[str, str]:
        """A sentence for each wrong field."""
        return said_of(self.error.fields) if isinstance(self.error, InvalidInput) else {}

    @property
    def sentence(self) -> str:
        """What was wrong as a whole, where no field says it."""
        return said(self.error.sentence) if self.error and not self.errors else ""


@dataclass(frozen=True)
class BanksPage(Form):
    """All open banks."""

    kinds: Mapping[str, str] = field(
        default_factory=lambda: {str(kind): words for kind, words in KIND_WORDS.items()}
    )

    @cached_property
    def banks(self) -> list[tuple[Bank, str]]:
        """Each with what its kind means."""
        return [(bank, KIND_WORDS[BankKind(bank.kind)]) for bank in banks_list()]

    @cached_property
    def parked(self) -> int:
        """How many entries wait for a person."""
        return entries_parked().count()


@dataclass(frozen=True)
class Shown:
    """One entry: its hashes in short, who put it in and why, and how often it matched."""

    entry: BankEntry
    who: str
    signals: list[str]
    found: int


@dataclass(frozen=True)
class BankPage(Form):
    """One bank."""

    bank: Bank = field(default_factory=Bank)
    hash_kinds: tuple[str, ...] = tuple(sorted(LENGTHS))
    forms: tuple[str, ...] = ("csv", "json", "txt")

    @property
    def kind_words(self) -> str:
        """What its kind means."""
        return KIND_WORDS[BankKind(self.bank.kind)]

    @property
    def count(self) -> int:
        """How many entries are not taken out."""
        return self.bank.entries.filter(removed_at=None).count()

    @property
    def entries(self) -> list[Shown]:
        """The latest entries."""
        rows = self.bank.entries.filter(removed_at=None).annotate(found=Count("matches"))
        return [_shown(row) for row in rows.prefetch_related("signals")[:SHOWN_MOST]]


def _shown(entry: BankEntry) -> Shown:
    signals = [
        f"{row.kind} {bytes(row.value).hex()}" for row in entry.signals.all() if row.at is None
    ]
    frames = sum(row.at is not None for row in entry.signals.all())
    if frames:
        signals.append(gettext("video, {frames} frames").format(frames=frames))
    held = [text if len(text) < 90 else f"{text[:60]}…" for text in signals]
    return Shown(entry, actor_words(entry.added_by), held, getattr(entry, "found", 0))


def banks_page(
    *, draft: Mapping[str, str] | None = None, error: Refusal | None = None
) -> BanksPage:
    """All of them, with the form as it stands."""
    return BanksPage(draft or {}, error)


def bank_page(
    bank: Bank, *, draft: Mapping[str, str] | None = None, error: Refusal | None = None
) -> BankPage:
    """One of them, with the form as it stands."""
    return BankPage(draft or {}, error, bank)
