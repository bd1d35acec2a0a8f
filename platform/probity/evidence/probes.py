"""What a file is, as the ground found it; the rooms above speak of it through this name."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from foundation.media import Kind, MediaLimits, Part, Preview, Probe, inspect, previews

__all__ = ["Part", "Preview", "Probe", "picture_view"]


def picture_view(path: Path) -> Preview | None:
    """A picture encoded anew in the child, as it may be shown; None for what is no picture.

    Raises the media refusals.
    """
    probe = inspect(path, limits=MediaLimits(max_bytes=settings.UPLOAD_MAX_BYTES))
    if probe.kind != Kind.IMAGE:
        return None
    made = previews(path, probe=probe, part=Part.PICTURES)
    return next((one for one in made if one.name == "view"), None)
