"""The parent's side: fingerprints are computed where files are decoded, in the child."""

from __future__ import annotations

import os
from pathlib import Path

from foundation import child
from foundation.fingerprint.bits import Pdq

LIMITS = child.Limits(cpu_seconds=60, wall_seconds=120)


def of_image(path: Path) -> tuple[Pdq, ...]:
    """The PDQ of a picture as its pixels lie in the file, followed by its seven turns and mirrors
    (see ``pdq.pdq_variants``): keep the first, look up with all.

    Raises UnreadableMedia and the other refusals of ``foundation.media``, and the child's.
    """
    payload = {"path": os.fsencode(path.absolute())}
    found = child.call("foundation.fingerprint.inside:of_image", payload, limits=LIMITS)
    return tuple(Pdq.from_dict(each) for each in found)
