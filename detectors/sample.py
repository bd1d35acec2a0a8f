"""One file, decoded once for all detectors that look at it.

Lives in the child. Everything is decoded on first use and kept: one pass over a video serves every
declared frame need, and one over the sound every rate, so that a detector gets exactly what its own
card asks for, whoever else runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, DecodingFailed, NeedUndeclared
from detectors.aside import Aside, hand_back
from detectors.card import AudioNeed, FrameNeed, Needs
from detectors.faces import LANDMARKER, YUNET, Faces
from detectors.faces.windows import is_film
from detectors.jpeg import read_luma
from detectors.media import Audio, AudioBlock, Frames, JpegLuma, Packet, PacketList, Pixels
from detectors.tape import Tapes
from foundation.errors import Refusal
from foundation.media import Probe, decode

MAX_RAW_BYTES = 512 * 1024**2
MAX_AUDIO_BYTES = 512 * 1024**2
PICTURES, PACKETS = ("the pictures", None), ("the video's packets", None)

if TYPE_CHECKING:
    from detectors.faces.perceive import Perception
    from detectors.onepass import Looked

T = TypeVar("T")


class Memory(Protocol):
    """What may know the faces of the file already, and hears about them when they are measured."""

    def known(self) -> Faces | None:
        """The faces that an earlier run kept; then they are not looked for again."""

    def seen(self, time: float) -> None:
        """A frame at ``time`` (s) was looked at."""

    def measured(self, found: Faces, /) -> None:
        """The faces were measured now."""


class SharedSample:
    """What has been decoded from one file so far."""

    def __init__(
        self,
        *,
        path: Path,
        probe: Probe,
        needs: Iterable[Needs],
        resources: Mapping[str, Path] | None = None,
        progress: Callable[[str | None], None] = lambda _what: None,
        memory: Memory | None = None,
    ) -> None:
        """``resources``: the models of the faces, where known beforehand, so that whoever asks for
        pictures first has the faces looked for in the same pass."""
        wanted = list(needs)
        self.path = path
        self.probe = probe
        self._progress = progress
        self._memory = memory
        self._resources = resources
        self._faces_wanted = any(need.faces or need.landmarks for need in wanted)
        self._frame_needs = sorted(
            {need.frames for need in wanted if need.frames},
            key=lambda need: (need.fps, need.height, need.max_seconds),
        )
        self._kept: dict[object, object] = {}
        self._tapes = Tapes(
            path, rates={need.audio.rate for need in wanted if need.audio}, progress=progress
        )
        self._sounds: dict[int, NDArray[np.float32]] = {}

    def view(self, *, needs: Needs, resources: Mapping[str, Path]) -> SampleView:
        """The sample as one detector may see it."""
        return SampleView(shared=self, needs=needs, resources=resources)

    def let_go(self, left: Sequence[Needs]) -> None:
        """Forget frames, packets and sound that none of these needs, the next one first, declares:
        networks want the memory. Frames that are needed only later wait on the disk while sound is
        heard."""
        if not any(need.packets for need in left):
            self._kept.pop(PACKETS, None)
        rates = {need.audio.rate for need in left if need.audio}
        self._tapes.keep_only(rates)
        self._sounds = {rate: sound for rate, sound in self._sounds.items() if rate in rates}
        if not left or PICTURES not in self._kept:
            return
        from detectors.onepass import Looked

        following, looked = left[0], self._kept[PICTURES]
        hearing = not (following.frames or following.faces or following.landmarks)
        wanted = {need.frames for need in left if need.frames}
        if isinstance(looked, Looked):
            self._kept[PICTURES] = looked.left(wanted, aside=hearing)
        if hearing:
            hand_back()

    def raw(self) -> bytes:
        return self._once("the file's bytes", self._read)

    def pixels(self) -> Pixels:
        return self._once("the picture", self._pixels)

    def jpeg_luma(self) -> JpegLuma:
        return self._once("the JPEG's luma plane", lambda: read_luma(self.path))

    def packets(self) -> PacketList:
        return self._once(PACKETS[0], self._packets)

    def audio(self, need: AudioNeed) -> Audio:
        """The first ``max_seconds`` in one array; shorter needs of a rate share the longest."""
        most = min(self._most(need), MAX_AUDIO_BYTES // 4)
        size, more = _decoding("the sound", lambda: self._tapes.length(need.rate, most=most))
        sound = self._sounds.get(need.rate)
        if sound is None or sound.size < size:
            sound = self._sounds[need.rate] = self._joined(need, size=size)
        first = next(self._tapes.read(need.rate, most=1))
        return Audio(
            samples=sound[:size], rate=self._rate(need), start=max(0.0, first.start), truncated=more
        )

    def audio_blocks(self, need: AudioNeed) -> Iterator[AudioBlock]:
        blocks = self._tapes.read(need.rate, most=self._most(need))
        while (block := _decoding("the sound", lambda: next(blocks, None))) is not None:
            yield replace(block, rate=self._rate(need), start=max(0.0, block.start))

    def frames(self, need: FrameNeed) -> Frames:
        """Of the only pass over the pictures, with the faces where their models are known; of a
        film without them, so that its first finding does not wait for all its windows."""
        together = self._faces_wanted and not is_film(self.probe.duration)
        known = self._resources if together else None
        looked = self._looked(known)
        found = looked.frames[need]
        if isinstance(found, Aside):
            found = _decoding("the pictures", found.back)
            self._kept[PICTURES] = replace(looked, frames={**looked.frames, need: found})
        return _or_raised(found)

    def faces(self, resources: Mapping[str, Path]) -> Faces:
        """Known, or measured once with whichever of the face models are installed."""
        return self._once("the faces", lambda: self._faces(resources))

    def _faces(self, resources: Mapping[str, Path]) -> Faces:
        if self._memory is not None and (known := self._memory.known()) is not None:
            return known
        found = self._looked(resources).faces
        if found is None:  # somebody took the frames before the models were known
            found = self._once("the faces alone", lambda: self._look(resources, needs=())).faces
        if found is None:
            raise DecodingFailed("Not a single frame of the video could be decoded.")
        return _or_raised(found)

    def _looked(self, resources: Mapping[str, Path] | None) -> Looked:
        return self._once(PICTURES[0], lambda: self._look(resources, needs=self._frame_needs))

    def _look(self, resources: Mapping[str, Path] | None, *, needs: Sequence[FrameNeed]) -> Looked:
        from detectors.onepass import OnePass

        memory = self._memory
        here = memory is not None and memory.known() is not None
        looked = OnePass(
            self.path,
            needs=needs,
            faces=None if resources is None or here else lambda: self._perception(resources),
            progress=self._progress,
            probe=self.probe,
        ).look()
        if memory is not None and looked.faces and not isinstance(looked.faces, Exception):
            memory.measured(looked.faces)
        return looked

    def _perception(self, resources: Mapping[str, Path]) -> Perception:
        from detectors.faces.perceive import Models, Perception

        models = Models(yunet=resources.get(YUNET), landmarker=resources.get(LANDMARKER))
        if self._memory is None:
            return Perception(probe=self.probe, models=models)
        return Perception(probe=self.probe, models=models, seen=self._memory.seen)

    def _once(self, what: str, make: Callable[[], T], *, key: object = None) -> T:
        """Make it at most once; a failure is kept as well and raised again for everyone."""
        slot = (what, key)
        if slot not in self._kept:
            self._progress(what)
            self._kept[slot] = _attempt(what, make)
            self._progress(None)
        kept = self._kept[slot]
        if isinstance(kept, Exception):
            raise kept
        return kept  # type: ignore[return-value]

    def _read(self) -> bytes:
        if self.path.stat().st_size > MAX_RAW_BYTES:
            raise Abstain("The file is larger than a detector may hold in memory.")
        return self.path.read_bytes()

    def _pixels(self) -> Pixels:
        pixels = decode.image_rgb(self.path)
        pixels.flags.writeable = False
        return pixels

    def _packets(self) -> PacketList:
        return tuple(
            Packet(time=info.time, duration=info.duration, size=info.size, keyframe=info.key)
            for info in decode.video_packets(self.path)
        )

    def _rate(self, need: AudioNeed) -> int:
        rate = need.rate or self.probe.sample_rate
        if not rate:
            raise DecodingFailed("Not a single sample of the sound could be decoded.")
        return rate

    def _most(self, need: AudioNeed) -> int:
        return int(need.max_seconds * self._rate(need))

    def _joined(self, need: AudioNeed, *, size: int) -> NDArray[np.float32]:
        sound = np.empty(size, dtype=np.float32)
        at = 0
        for block in self._tapes.read(need.rate, most=size):
            sound[at : at + block.samples.size] = block.samples
            at += block.samples.size
        sound.flags.writeable = False
        return sound


class SampleView:
    """The :class:`detectors.api.Sample` of one detector: what its card declares, nothing else."""

    def __init__(
        self, *, shared: SharedSample, needs: Needs, resources: Mapping[str, Path]
    ) -> None:
        self._shared = shared
        self._needs = needs
        self._resources = resources

    @property
    def probe(self) -> Probe:
        return self._shared.probe

    def raw(self) -> bytes:
        self._declared("raw", self._needs.raw)
        return self._shared.raw()

    def pixels(self) -> Pixels:
        self._declared("pixels", self._needs.pixels)
        return self._shared.pixels()

    def jpeg_luma(self) -> JpegLuma:
        self._declared("jpeg_luma", self._needs.jpeg_luma)
        return self._shared.jpeg_luma()

    def packets(self) -> PacketList:
        self._declared("packets", self._needs.packets)
        return self._shared.packets()

    def frames(self) -> Frames:
        return self._shared.frames(self._declared("frames", self._needs.frames))

    def audio(self) -> Audio:
        return self._shared.audio(self._declared("audio", self._needs.audio))

    def audio_blocks(self) -> Iterator[AudioBlock]:
        return self._shared.audio_blocks(self._declared("audio", self._needs.audio))

    def faces(self) -> Faces:
        self._declared("faces", self._needs.faces or self._needs.landmarks)
        return self._shared.faces(self._resources)

    def resource(self, resource_id: str) -> Path:
        self._declared(f"resources: {resource_id}", resource_id in self._needs.resources)
        return self._resources[resource_id]

    def model(self, model_id: str) -> Path:
        self._declared(f"models: {model_id}", model_id in self._needs.models)
        return self._resources[f"{model_id}.onnx"]

    def _declared(self, name: str, need: T | None) -> T:
        if not need:
            raise NeedUndeclared(f"The card does not declare the need {name!r}; add it there.")
        return need


def _decoding(what: str, make: Callable[[], T]) -> T:
    made = _attempt(what, make)
    if isinstance(made, Exception):
        raise made
    return made


def _or_raised(found: T | Exception) -> T:
    if isinstance(found, Exception):
        raise found
    return found


def _attempt(what: str, make: Callable[[], T]) -> T | Exception:
    try:
        return make()
    except (Abstain, DecodingFailed, MemoryError) as error:
        return error
    except Refusal as refusal:
        return DecodingFailed(f"Decoding {what} failed. {refusal.sentence}")
    except Exception as error:  # decoders raise almost anything on a damaged file
        return DecodingFailed(
            f"Decoding {what} failed; the file is damaged there ({type(error).__name__})."
        )
