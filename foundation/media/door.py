"""The parent's side: checks that need no decoder, then the child."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foundation import child
from foundation.media.errors import EmptyFile, TooLarge, UnreadableMedia
from foundation.media.kinds import MediaLimits, Part, Preview, Probe

DEFAULT_LIMITS = MediaLimits()
PROBE_LIMITS = child.Limits(cpu_seconds=60, wall_seconds=120)
RENDER_LIMITS = child.Limits(cpu_seconds=180, wall_seconds=240)


def inspect(path: Path, *, limits: MediaLimits = DEFAULT_LIMITS) -> Probe:
    """Say what ``path`` is by its bytes, having decoded a first piece of it in the child.

    Raises EmptyFile, UnreadableMedia, UnsupportedMedia, PlaylistRefused, TooLarge, TooManyPixels,
    DecodesTooLarge, TooLong, and what ``child.call`` raises.
    """
    _check_size(path, limits)
    payload = {"path": os.fsencode(path.absolute()), "limits": limits.to_dict()}
    return Probe.from_dict(
        child.call("foundation.media.probe:in_child", payload, limits=PROBE_LIMITS)
    )


def previews(
    path: Path,
    *,
    probe: Probe,
    on_event: Callable[[dict[str, Any]], None] | None = None,
    part: Part | None = None,
) -> list[Preview]:
    """Make safe copies to look at and listen to; none when the probe says not decodable.

    ``part``: only the pictures, which are there at once, or only what is played, which takes a
    while; None makes both.

    Names: image ``view``, ``concealed`` (and ``proxy``, ``frames`` when animated); video ``sheet``,
    ``concealed``, ``proxy``, ``frames`` (and ``waveform`` when there is sound); audio
    ``waveform``, ``proxy``. ``on_event`` hears ``{"event": "progress", "what", "share"}``.
    Raises UnreadableMedia and what ``child.call`` raises.
    """
    if not probe.decodable:
        return []
    payload = {"path": os.fsencode(path.absolute()), "probe": probe.to_dict()}
    if part is not None:
        payload["part"] = part.value
    made = child.call(
        "foundation.media.render:in_child", payload, limits=RENDER_LIMITS, on_event=on_event
    )
    return [Preview(**item) for item in made]


def _check_size(path: Path, limits: MediaLimits) -> None:
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableMedia("The file could not be opened. Send it again.") from error
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableMedia("This is not a regular file. Send the media file itself.")
    if found.st_size == 0:
        raise EmptyFile("The file is empty: it has no bytes. Send it again.")
    if found.st_size > limits.max_bytes:
        raise TooLarge(
            f"The file has {found.st_size / 2**20:,.0f} MiB; at most "
            f"{limits.max_bytes / 2**20:,.0f} MiB are taken. Send a smaller or shorter file."
        )
