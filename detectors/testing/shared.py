"""What checks of several detectors may share: the engine's own work, done once per file.

Finding and following faces is the engine's work, not the detector's, and in the product it is done
once for all of them. The checks in this process therefore share it too, by the file's SHA-256; a
detector that changed what it was given would be noticed, because the next run would see it. The run
in the confined process does it anew and has to come to the same finding.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from detectors.api import Report
from detectors.faces import Faces
from detectors.runner import analyse, digest
from detectors.sample import SampleView, SharedSample
from foundation.media import inspect

MOST_KEPT = 12

_faces: OrderedDict[tuple[str, ...], Faces] = OrderedDict()


class Remembered:
    """The faces of one file under the models named in ``key``, when they were measured before."""

    def __init__(self, key: tuple[str, ...]) -> None:
        self._key = key

    def known(self) -> Faces | None:
        """See :class:`detectors.sample.Memory`."""
        return _faces.get(self._key)

    def seen(self, time: float) -> None:
        """See :class:`detectors.sample.Memory`."""

    def measured(self, found: Faces, /) -> None:
        """See :class:`detectors.sample.Memory`."""
        _faces[self._key] = found
        while len(_faces) > MOST_KEPT:
            _faces.popitem(last=False)


class Recorded(SharedSample):
    """Remembers what its views were asked for."""

    def __init__(self, *, asked: set[str], **options: Any) -> None:
        super().__init__(**options)
        self._asked = asked

    def view(self, **options: Any) -> SampleView:
        return _RecordedView(shared=self, asked=self._asked, **options)


class _RecordedView(SampleView):
    def __init__(self, *, asked: set[str], **options: Any) -> None:
        super().__init__(**options)
        self._asked = asked

    def _declared(self, name: str, need: Any) -> Any:
        self._asked.add(name)
        return super()._declared(name, need)


class Confined:
    """Runs in the confined process: each file once, with all the detectors that are checked on it,
    as the product does it."""

    def __init__(self, checked: Collection[str] = ()) -> None:
        self._checked = tuple(checked)
        self._reports: dict[str, Report] = {}

    def report(self, path: Path, *, detector_id: str) -> Report:
        """The report of a file; made on first use for all detectors, or for one that is not among
        them by itself."""
        ids: Sequence[str] = self._checked
        if detector_id not in ids:
            return analyse(path, probe=inspect(path), only=[detector_id])
        key = digest(path)
        if key not in self._reports:
            self._reports[key] = analyse(path, probe=inspect(path), only=ids)
        return self._reports[key]
