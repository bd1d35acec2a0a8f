"""The findings of one file taken together: what :mod:`detectors.fusion` makes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectors.api import Status


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What one finding added to an assessment; weight 0 means that it was only read.

    ``subject`` is the part of the file it speaks about (``voice``, ``picture``, ``file``),
    ``evidence`` what it rests on (``digital``, ``physical``, ``semantic``).
    """

    detector: str
    status: Status
    llr: float | None
    weight: float
    why: str
    subject: str = "file"
    evidence: str = "digital"


@dataclass(frozen=True, kw_only=True)
class SubjectWeight:
    """What the findings about one part of the file come to; ``llr`` None when they are silent.

    ``evidence`` gives the log-likelihood ratio of each kind of evidence by itself.
    """

    subject: str
    llr: float | None
    verbal: str | None
    sentence: str
    evidence: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The findings taken together. ``llr`` is None whenever the status is abstained.

    ``in_doubt`` names the part that the evidence speaks against: ``voice``, ``picture`` (face or
    picture), ``both``, ``file``; None when it speaks against none.
    """

    status: Status
    sentence: str
    llr: float | None = None
    verbal: str | None = None
    in_doubt: str | None = None
    contributions: tuple[Contribution, ...] = ()
    subjects: tuple[SubjectWeight, ...] = ()

    @property
    def abstained(self) -> bool:
        """Whether no weight is given at all."""
        return self.status.value != "ok"

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        data = asdict(self)
        data["status"] = self.status.value
        data["abstained"] = self.abstained
        data["contributions"] = [
            asdict(one) | {"status": one.status.value} for one in self.contributions
        ]
        data["subjects"] = [asdict(subject) for subject in self.subjects]
        return data
