"""Media decoded when a scheme asks for it, and once for all schemes. Child only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from foundation.media.decode import (
    Pixels,
    Samples,
    audio_channels,
    audio_mono,
    image_rgb,
    video_frames,
)
from foundation.media.kinds import Kind, Probe
from provenance.watermark.errors import SchemeUnusable


class FileSample:
    """A ``Sample`` over one file."""

    def __init__(self, *, path: Path, probe: Probe) -> None:
        self.path = path
        self.probe = probe
        self.resources: Mapping[str, Path] = {}
        self._pixels: Pixels | None = None
        self._sounds: dict[tuple[int, float, float | None], Samples] = {}

    @property
    def media(self) -> frozenset[str]:
        """What there is to look at: image, video, audio; a video's sound counts as audio."""
        kinds = {Kind.IMAGE: "image", Kind.VIDEO: "video", Kind.AUDIO: "audio"}
        found = {kinds[self.probe.kind]} if self.probe.kind in kinds else set()
        if self.probe.kind is Kind.VIDEO and self.probe.sample_rate:
            found.add("audio")
        return frozenset(found)

    def pixels(self) -> Pixels:
        """Read-only, so that no scheme can spoil it for the next one."""
        if self._pixels is None:
            self._pixels = image_rgb(self.path)
            self._pixels.setflags(write=False)
        return self._pixels

    def sound(self, rate: int, *, start: float = 0.0, end: float | None = None) -> Samples:
        """Read-only; the last piece asked for is remembered."""
        wanted = (rate, start, end)
        if wanted not in self._sounds:
            samples = audio_mono(self.path, rate, start=start, end=end)
            samples.setflags(write=False)
            self._sounds = {wanted: samples}
        return self._sounds[wanted]

    def channels(self) -> Iterator[tuple[int, Samples]]:
        """Rate and channels x samples, piece by piece."""
        return audio_channels(self.path)

    def frames(self) -> Iterator[tuple[float, Pixels]]:
        """Seconds and picture of every frame."""
        return video_frames(self.path)

    def resource(self, resource_id: str) -> Path:
        """The verified file. Raises SchemeUnusable for one that the card does not name."""
        try:
            return self.resources[resource_id]
        except KeyError:
            raise SchemeUnusable(
                f"The scheme asked for {resource_id!r}, which its card does not name."
            ) from None
