"""The report form: what was typed, what is wrong with it, what the choices mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext

from probity.cases.models import Category
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS

HINTS = {
    Category.INTIMATE: later("Nudity or a sexual act, real or generated, shown without consent."),
    Category.ELECTION: later("A candidate, a vote or how to vote, shown falsely."),
    Category.IMPERSONATION: later("Somebody pretends to be another person or organisation."),
    Category.ADVERTISING: later("A face or voice sells something its owner never agreed to."),
    Category.DEFAMATION: later("A false statement of fact that harms a reputation."),
    Category.OTHER: later("Anything else that should be looked at."),
}
KEPT = ("url", "sha256", "category", "explanation", "places", "email", "signature")
TICKED = ("depicted", "good_faith", "may_show_minor")


@dataclass(frozen=True)
class Choice:
    """One category to choose."""

    value: str
    words: str
    hint: str


@dataclass(frozen=True)
class ReportPage:
    """The form as it stands."""

    kept: dict[str, str] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    file_lost: bool = False

    @property
    def choices(self) -> list[Choice]:
        """The categories with a plain hint each."""
        return [Choice(c, CATEGORY_WORDS[c], HINTS[c]) for c in Category]

    @property
    def limit_bytes(self) -> int:
        """The largest file that is taken."""
        return int(settings.UPLOAD_MAX_BYTES)


def report_page(
    data: Mapping[str, str], *, errors: Mapping[str, str] | None = None, had_file: bool = False
) -> ReportPage:
    """The form with all text kept; a file cannot be kept by a browser and must be chosen again."""
    sentences = dict(errors or {})
    if "category" in sentences:
        sentences["category"] = gettext("Choose what is wrong.")
    return ReportPage(
        kept={name: data.get(name, "") for name in KEPT},
        ticked=frozenset(name for name in TICKED if data.get(name)),
        errors=sentences,
        file_lost=had_file,
    )
