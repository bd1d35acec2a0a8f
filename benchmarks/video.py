"""Video: the whole analysis against its floor, the first finding of a long file, and memory.

The floor is what nobody can save: decoding picture and sound once and running the bare networks on
as many inputs as the analysis does, in a warm confined process like the analysis's own, with the
same threads. Both are told in processor seconds, which other work on the machine changes little.
The clip is a reference clip of 720 lines, played on by stream copy; nothing of it is kept.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import reference
from benchmarks.detect import children, high_water
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    from detectors.api import Finding
    from foundation.media import Probe

CLIP = "faces/HyperLips__test_video1_video1.mp4"
MINUTE, TEN_MINUTES, TWO_HOURS = 60.0, 600.0, 7200.0
REPEATS = 3
LOW = 180


def main() -> list[Figure]:
    """Measure and keep the figures."""
    for name in ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before numpy is loaded
    folder = reference.media()
    if folder is None:
        print(f"video: {reference.ABSENT}")
        return []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        figures = [*_speed(folder / CLIP, place), *_long(folder / CLIP, place)]
    keep("video", figures)
    return figures


def looped(source: Path, path: Path, *, seconds: float) -> Path:
    """The clip over and over by stream copy, until it lasts at least so long."""
    import av

    with av.open(str(path), "w") as out:
        places: dict[int, Any] = {}
        ends = 0.0
        while ends < seconds:
            with av.open(str(source)) as media:
                streams = [*media.streams.video[:1], *media.streams.audio[:1]]
                for stream in streams:
                    if stream.index not in places:
                        places[stream.index] = out.add_stream_from_template(stream)
                begun, ends = ends, ends
                for packet in media.demux(streams):
                    if packet.dts is None or packet.time_base is None:
                        continue
                    later = round(begun / packet.time_base)
                    packet.pts, packet.dts = (packet.pts or 0) + later, packet.dts + later
                    ends = max(ends, float((packet.pts + (packet.duration or 0))
                                           * packet.time_base))  # fmt: skip
                    packet.stream = places[packet.stream.index]
                    out.mux(packet)
    return path


def _speed(source: Path, place: Path) -> list[Figure]:
    """Median seconds of both ways, taking turns."""
    path = looped(source, place / "minute.mp4", seconds=MINUTE)
    whole: list[float] = []
    floor: list[float] = []
    _bare(path)
    _look(path)
    for _ in range(REPEATS):
        floor.append(_processor(lambda: _bare(path)))
        whole.append(_processor(lambda: _look(path)))
        print(f"video: a minute {whole[-1]:.1f} s, its floor {floor[-1]:.1f} s", flush=True)
    return [
        Figure("analysis of a minute of 720p", statistics.median(whole), statistics.median(floor),
               "s of processor", "bare decoding and bare networks", "lower"),
    ]  # fmt: skip


def _long(source: Path, place: Path) -> list[Figure]:
    """The first finding of ten minutes that is no abstention, and memory on two hours; with every
    video and sound detector that is installed."""
    from detectors.ground_truth.edits import clip

    low = _with_sound(source, place / "low.mp4", clip(source, height=LOW, seconds=60.0))
    ten = _watched(looped(low, place / "ten.mp4", seconds=TEN_MINUTES))
    two = _watched(looped(low, place / "two.mp4", seconds=TWO_HOURS))
    return [
        Figure("first finding of a video of ten minutes", ten.first, ten.whole, "s",
               "the whole analysis", "lower"),
        Figure("first finding of a film of two hours", two.first, two.whole, "s",
               "the whole analysis", "lower"),
        Figure("most memory on a film of two hours", two.peak, ten.peak, "MiB",
               "a film of ten minutes", "lower"),
        Figure("analysis of a film of two hours", two.whole, ten.whole, "s",
               "a film of ten minutes", "lower"),
    ]  # fmt: skip


@dataclass
class _Watched:
    """Seconds to the first finding and to the last, and the most memory in MiB."""

    first: float
    whole: float
    peak: float


def _watched(path: Path) -> _Watched:
    from detectors.api import Status
    from foundation import child

    child.shutdown()  # the next one is fresh and has its peak to itself
    begun = time.perf_counter()
    said: list[float] = []
    peaks: list[int] = []

    def heard(finding: Finding) -> None:
        peaks.extend(high_water())
        if finding.status is Status.OK:
            said.append(time.perf_counter() - begun)

    _look(path, on_finding=heard, everything=True)
    found = _Watched(first=min(said), whole=time.perf_counter() - begun, peak=max(peaks) / 1024)
    print(f"video: {path.stem} {found}", flush=True)
    return found


def _with_sound(source: Path, path: Path, pictures: list[Any]) -> Path:
    """The pictures with the sound of the source, as it is coded."""
    from fractions import Fraction

    import av

    with av.open(str(source)) as media, av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=25, options={"preset": "veryfast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        voice = out.add_stream_from_template(media.streams.audio[0])
        for number, picture in enumerate(pictures):
            frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        for packet in media.demux(media.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = voice
                out.mux(packet)
    return path


def _processor(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of the confined one, which lives on."""
    begun = _spent()
    work()
    return _spent() - begun


def _spent() -> float:
    ticks = sum(
        int(field)
        for pid in children()
        for field in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    )
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _look(
    path: Path,
    *,
    on_finding: Callable[[Finding], None] | None = None,
    everything: bool = False,
) -> None:
    from detectors.registry import DISTRIBUTION, usable
    from detectors.runner import analyse
    from foundation.media import inspect

    only = [
        entry.id
        for entry in usable()
        if entry.card
        and (everything or entry.card.modality == "video")
        and entry.distribution.startswith(DISTRIBUTION)
        and entry.card.modality in ("video", "audio")
    ]
    analyse(path, probe=inspect(path), only=only, on_finding=on_finding)


def _bare(path: Path) -> None:
    """The floor, in a confined process."""
    from detectors.models.prepared import resources_of
    from detectors.registry import find
    from detectors.runner import MEMORY_BYTES
    from foundation import child
    from foundation.media import inspect

    entry = find("video.face_forgery")
    assert entry.card is not None
    payload = {
        "path": os.fsencode(path),
        "probe": inspect(path).to_dict(),
        "models": {name: at for name, (at, _) in resources_of(entry, entry.card).items()},
    }
    limits = child.Limits(memory_bytes=MEMORY_BYTES, cpu_seconds=600, wall_seconds=900)
    child.call("benchmarks.video:bare", payload, limits=limits)


def bare(payload: dict[str, Any]) -> None:
    """In the child: decode everything once, and run the networks."""
    from foundation.media import Probe

    nets = _nets(tuple(sorted(payload["models"].items())))
    nets.run(Path(os.fsdecode(payload["path"])), probe=Probe.from_dict(payload["probe"]))


@cache
def _nets(models: tuple[tuple[str, str], ...]) -> _Nets:
    """Made once in the life of the process."""
    return _Nets({name: Path(at) for name, at in models})


class _Nets:
    """Every network of the video detectors, fed as often as the analysis feeds it."""

    FACES = 32

    def __init__(self, at: Mapping[str, Path]) -> None:
        import cv2
        import numpy as np

        from detectors.faces import LANDMARKER, YUNET, bundle
        from detectors.runtimes import onnx
        from detectors.runtimes.litert import Graph
        from detectors.video.face_forgery import NETWORKS

        cv2.setNumThreads(1)
        parts = bundle.read(at[LANDMARKER])
        self._points, self._shapes = Graph(parts.landmarks), Graph(parts.blendshapes)
        self._finder = cv2.FaceDetectorYN.create(str(at[YUNET]), "", (640, 384))
        self._forgery = [onnx.session(at[f"{name}.onnx"]) for name in NETWORKS]
        self._given = np.zeros(self._shapes.shape, dtype=np.float32)
        self._batch = np.random.default_rng(1).random((self.FACES, 256, 256, 3), dtype=np.float32)

    def run(self, path: Path, *, probe: Probe) -> None:
        """Decode everything once, and run."""
        import av
        import cv2
        import numpy as np

        from detectors.faces.windows import plan
        from detectors.learned import CHUNK
        from detectors.runtimes import onnx

        rate = plan(seconds=probe.duration, fps=probe.fps).rate or probe.fps or 25.0
        with av.open(str(path)) as media:
            media.streams.video[0].thread_type = "AUTO"
            due, searched = 0.0, -1.0
            for frame in media.decode(video=0):
                if (frame.time or 0.0) < due - 1e-3:
                    continue
                due = (frame.time or 0.0) + 1 / rate
                rgb = frame.to_ndarray(format="rgb24")
                crop = rgb[:256, :256].astype(np.float32)[None] * np.float32(1 / 255)
                self._points(crop)
                self._shapes(self._given)
                if (frame.time or 0.0) >= searched + 1:
                    searched = frame.time or 0.0
                    self._finder.setInputSize((640, 384))
                    self._finder.detect(cv2.resize(rgb, (640, 384)))
        with av.open(str(path)) as media:
            for sound in media.decode(audio=0):
                sound.to_ndarray()
        for net in self._forgery:
            for start in range(0, self.FACES, CHUNK):
                onnx.outputs(net, self._batch[start : start + CHUNK])
