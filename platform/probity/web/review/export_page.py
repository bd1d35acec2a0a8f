"""Everything that leaves the house: bundles and addresses for counsel, made and asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from probity.bundles.models import CounselLink, Export, ExportState, Profile
from probity.bundles.selectors import exports_of
from probity.cases.models import Case
from probity.core.clock import now
from probity.web.language.later import later
from probity.web.language.tables import PROFILE_WORDS

STATE_WORDS = {
    ExportState.WAITING: later("Waiting for a worker"),
    ExportState.BUILDING: later("Being made"),
    ExportState.DONE: later("Ready"),
    ExportState.FAILED: later("Could not be made"),
}


@dataclass(frozen=True)
class Line:
    """One bundle as it stands."""

    export: Export
    words: str

    @property
    def moving(self) -> bool:
        """Whether it is still under way."""
        return self.export.state in {ExportState.WAITING, ExportState.BUILDING}

    @property
    def ready(self) -> bool:
        """Whether it can be fetched."""
        return self.export.state == ExportState.DONE


@dataclass(frozen=True)
class ExportPage:
    """A case's bundles, addresses, and the form as it stands."""

    case: Case
    lines: list[Line]
    links: list[CounselLink]
    profiles: list[tuple[str, str]]
    draft: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def moving(self) -> bool:
        """Whether the list should be looked at again soon."""
        return any(line.moving for line in self.lines)


def export_page(
    case: Case, *, full: bool, draft: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, address: str = "",
) -> ExportPage:  # fmt: skip
    """Gather it; ``full`` says whether this person may show everything."""
    live = case.counsel_links.filter(revoked_at=None, expires_at__gt=now())
    return ExportPage(
        case=case,
        lines=[Line(row, STATE_WORDS[ExportState(row.state)]) for row in exports_of(case)],
        links=list(live),
        profiles=[
            (profile.value, words)
            for profile, words in PROFILE_WORDS.items()
            if full or profile != Profile.FULL
        ],
        draft={"profile": Profile.COURT.value, **(draft or {})},
        errors=errors or {},
        address=address,
    )
