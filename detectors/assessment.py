"""The findings of one file taken together: what :mod:`detectors.fusion` makes."""

from __future__ import annotations

from collections.abc import Mapping
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
class Indication:
    """What is known about a file apart from measurements: its credentials, metadata, watermarks,
    and what these say against one another. It has no error rate, so it never becomes a number.

    ``speaks``: ``for`` (the content is as it was recorded), ``against`` (generated or altered) or
    ``open``. ``weight``: ``strong`` (signed, or in the content itself) or ``weak`` (anybody could
    have written it). ``subject`` and ``evidence`` as in :class:`Contribution`.
    """

    source: str
    sentence: str
    speaks: str
    weight: str
    subject: str = "file"
    evidence: str = "semantic"

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Indication:
        """From the plain form in which the provenance engine hands it out."""
        return cls(**data)


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
    indications: tuple[Indication, ...] = ()

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
        data["indications"] = [asdict(one) for one in self.indications]
        return data
