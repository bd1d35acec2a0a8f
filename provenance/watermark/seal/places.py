"""Altered blocks gathered to places, in pixels of the picture as shown."""

from __future__ import annotations

import cv2
import numpy as np

from provenance.watermark.api import TamperMap
from provenance.watermark.seal.tampering import Judgement

Box = tuple[int, int, int, int]

# a place of fewer doubts (log-likelihood, all its blocks together) stays on the map and is not told
DOUBT = 12.0


def boxes(found: Judgement, *, width: int, height: int, doubt: float = DOUBT) -> list[Box]:
    """(left, top, width, height) of every altered place, largest first."""
    rows, columns = found.judged.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        found.altered.astype(np.uint8), connectivity=8
    )
    doubts = np.bincount(labels.ravel(), -found.ratio.ravel(), count)
    told = [place for place in range(1, count) if doubts[place] >= doubt]
    told.sort(key=lambda place: -int(stats[place, cv2.CC_STAT_AREA]))
    across, down = width / columns, height / rows
    return [
        _box(*(int(part) for part in stats[place, :4]), across=across, down=down) for place in told
    ]


def _box(left: int, top: int, wide: int, high: int, *, across: float, down: float) -> Box:
    x, y = round(left * across), round(top * down)
    return x, y, round((left + wide) * across) - x, round((top + high) * down) - y


def tamper_map(found: Judgement, *, width: int, height: int, altered: list[Box]) -> TamperMap:
    """The map for people and for JSON; ``values`` None where nothing can be said."""
    rows, columns = found.judged.shape
    values = tuple(
        tuple(
            round(float(value), 3) if judged else None
            for value, judged in zip(line, seen, strict=True)
        )
        for line, seen in zip(found.intact, found.judged, strict=True)
    )
    return TamperMap(
        rows=rows,
        columns=columns,
        block=round(float(np.sqrt(width / columns * height / rows)), 2),
        values=values,
        intact_share=round(intact_share(found), 4),
        altered=tuple(altered),
    )


def intact_share(found: Judgement) -> float:
    """Share of the judged blocks that are intact; 0 when none was judged."""
    judged = int(found.judged.sum())
    return float((found.judged & ~found.altered).sum() / judged) if judged else 0.0
