"""Demonstration cases: received like any report, plainly marked, taken out of sight on request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from probity.accounts.actors import SYSTEM
from probity.analysis.demonstration import MAKERS, make
from probity.analysis.queue import jobs_cancel
from probity.cases.demonstrations import demonstration_hide, demonstration_mark
from probity.cases.models import Case, Category, EvidenceItem
from probity.cases.notice import Notice
from probity.cases.selectors import demonstrations
from probity.cases.services import report_erase
from probity.core.errors import InvalidInput
from probity.evidence.services import asset_destroy
from probity.evidence.uploads import stream_receive

from .report_receive import report_receive

BEGINNING = "Demonstration, nothing here is real. "
MOST_SEED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is reported about one piece; ``category`` and ``places`` as in a notice."""

    name: str
    category: Category
    says: str
    places: list[str] = field(default_factory=list)
    depicted: bool | None = None


SHOWN = (
    Shown(
        name="signed-picture", category=Category.OTHER,
        says="People say that this picture is fake. It carries Content Credentials of its camera.",
    ),
    Shown(
        name="tampered-picture", category=Category.DEFAMATION, places=["DE"],
        says="The picture is signed, but I was never at this place.",
    ),
    Shown(
        name="stripped-picture", category=Category.OTHER,
        says="Forwarded to me without any source. Where does it come from?",
    ),
    Shown(
        name="near-copy", category=Category.OTHER,
        says="This seems to be the same picture again, posted by somebody else.",
    ),
    Shown(
        name="spliced-picture", category=Category.IMPERSONATION, places=["FR"],
        says="A part of this picture seems to come from somewhere else.",
    ),
    Shown(
        name="copied-part", category=Category.OTHER,
        says="The crowd looks larger than it was; parts of it look alike.",
    ),
    Shown(
        name="unlike-light", category=Category.IMPERSONATION, places=["IE"],
        says="The two of them never stood in the same sun.",
    ),
    Shown(
        name="compressed-twice", category=Category.OTHER,
        says="Somebody told me that this was edited, because an editor saved it.",
    ),
    Shown(
        name="sealed-picture", category=Category.DEFAMATION, places=["DE"],
        says="You published this picture, and now it goes around with something added.",
    ),
    Shown(
        name="declared-generated", category=Category.ADVERTISING, places=["US-NY"],
        says="This advertisement shows my likeness without asking me.",
    ),
    Shown(
        name="generator-metadata", category=Category.ELECTION, places=["US-CA"],
        says="Shared as a photograph of election night. I do not think that it is one.",
    ),
    Shown(
        name="broken-hum", category=Category.IMPERSONATION, places=["US-TX"],
        says="A recording of a call. I think that a sentence was taken out.",
    ),
    Shown(
        name="joined-sound", category=Category.DEFAMATION, places=["GB"],
        says="The second half of this recording was made somewhere else.",
    ),
    Shown(
        name="talking-clip", category=Category.ELECTION, places=["US-CA"],
        says="A candidate seems to say this three days before the vote. The picture stops once.",
    ),
    Shown(
        name="drawn-figure", category=Category.INTIMATE, places=["US"], depicted=True,
        says="An intimate picture of me that I never agreed to. (The file is a drawn figure.)",
    ),
)  # fmt: skip
"""In the order in which they come in."""


def demonstrations_add(*, only: Collection[str] = ()) -> Iterator[tuple[Shown, Case | None]]:
    """Make and receive what is not here yet, one after the other; the case, None where it was here.

    May be stopped and called again at any point: each case is there whole or not at all. Raises
    InvalidInput for a name in ``only`` that there is not.
    """
    unknown = sorted(set(only) - set(MAKERS))
    if unknown:
        raise InvalidInput(
            f"There is no demonstration {', '.join(unknown)}. Choose from {', '.join(MAKERS)}."
        )
    # the pieces of one round begin from the same scene: a copy is a copy of something that is here
    seed = _seed()
    for shown in SHOWN:
        if only and shown.name not in only:
            continue
        here = demonstrations().filter(demonstration=shown.name).exists()
        yield shown, None if here else _received(shown, seed=seed)


def demonstrations_remove(*, say: Callable[[Case], None]) -> int:
    """Destroy the media, erase the reports and hide the cases; their logs stay. How many it was."""
    rows = list(demonstrations())
    for case in rows:
        _removed(case)
        say(case)
    return len(rows)


def _received(shown: Shown, *, seed: int) -> Case | None:
    """None where somebody else was quicker."""
    with tempfile.TemporaryDirectory(prefix="probity-demonstration-") as name:
        made = make(shown.name, folder=Path(name), seed=seed)
        with made.open("rb") as stream:
            upload = stream_receive(stream, name=made.name)
        try:
            with transaction.atomic():
                receipt = report_receive(
                    notice=_notice(shown), upload=upload, channel="api", actor=SYSTEM
                )
                return demonstration_mark(case=receipt.case, name=shown.name, actor=SYSTEM.name)
        except IntegrityError:
            return None
        finally:
            upload.close()


def _notice(shown: Shown) -> Notice:
    complete = shown.depicted is True
    return Notice(
        category=shown.category,
        explanation=BEGINNING + shown.says,
        places=shown.places,
        depicted=shown.depicted,
        good_faith=True if complete else None,
        url="https://demonstration.invalid/" if complete else "",
        email="nobody@demonstration.invalid" if complete else "",
        signature="Demonstration" if complete else "",
    )


def _seed() -> int:
    """The same until demonstrations are removed, and another one on every installation."""
    removed = Case.objects.exclude(removed_at=None).count()
    return int(salted_hmac("probity.demonstration", str(removed)).hexdigest(), 16) % MOST_SEED


@transaction.atomic
def _removed(case: Case) -> None:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    for report in locked.reports.all():
        report_erase(report=report, actor=SYSTEM.name)
    for item in locked.items.select_related("asset"):
        if not _needed_elsewhere(item):
            jobs_cancel(asset=item.asset)
            asset_destroy(
                asset=item.asset, actor=SYSTEM.name, case=locked.pk, why="demonstration removed"
            )
    demonstration_hide(case=locked, actor=SYSTEM.name)


def _needed_elsewhere(item: EvidenceItem) -> bool:
    """Whether the same bytes also lie in a case that stays."""
    others = EvidenceItem.objects.filter(asset=item.asset).exclude(case=item.case_id)
    return others.filter(case__removed_at=None).exists()
