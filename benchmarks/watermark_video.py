"""The seal of videos: coded again, cut, swapped, repeated, re-timed, edited."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.watermark_attacks import Pixels, drawn, overlap, place

KEY = bytes(range(32))
WORK = bytes.fromhex("00112233aabbccdd")
FRAMES = 70
CLIPS = 2
RATES = (18, 23, 28)
PACE = 25
_SIDE = 640

Frames = list[Pixels]
_CHANGES: dict[str, tuple[str, Callable[[Frames], Frames]]] = {
    "10 frames cut": ("cut", lambda f: f[:30] + f[40:]),
    "one frame cut": ("cut", lambda f: f[:30] + f[31:]),
    "two frames swapped": ("moved", lambda f: [*f[:30], f[31], f[30], *f[32:]]),
    "halves swapped": ("moved", lambda f: f[len(f) // 2 :] + f[: len(f) // 2]),
    "one frame repeated": ("held", lambda f: [*f[:30], f[29], *f[30:]]),
    "20 frames repeated": ("repeated", lambda f: f[:50] + f[30:]),
    "10 % slower": ("retimed", lambda f: f),
}


def report(files: list[Path]) -> None:
    """Print what holds, for the clips and for one drawn video."""
    clips = [*(_loaded(path) for path in files[:: max(1, len(files) // CLIPS)][:CLIPS]), _drawn()]
    clips = [clip for clip in clips if len(clip) >= FRAMES]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sealed = [_sealed(clip, folder) for clip in clips]
        print(f"watermark: {len(sealed)} videos of {FRAMES} frames")
        _coding(sealed, folder)
        _order(sealed, folder)
        _edits(sealed, folder)


def _coding(sealed: list[Frames], folder: Path) -> None:
    print(
        "| H.264 at CRF | identified | order: to the frame | coarse | false events | judged "
        "| false places |"
    )
    print("|---|---|---|---|---|---|---|")
    for crf in RATES:
        seen = [_read(frames, folder, crf=crf) for frames in sealed]
        there = [one for one in seen if one is not None]
        coarse = sum(one.order.judged and not one.order.to_the_frame for one in there)
        judged = np.mean([one.altered.judged for one in there]) if there else 0
        print(
            f"| {crf} | {len(there)}/{len(seen)} | {sum(o.order.to_the_frame for o in there)} "
            f"| {coarse} | {sum(len(one.events) for one in there)} | {judged:.0%} "
            f"| {sum(len(one.altered.places) for one in there)} |"
        )


def _order(sealed: list[Frames], folder: Path) -> None:
    print("| change | named at CRF 18 | at CRF 23 |")
    print("|---|---|---|")
    for name, (kind, change) in _CHANGES.items():
        cells = []
        for crf in (18, 23):
            slower = 1.1 if kind == "retimed" else 1.0
            seen = [_read(change(frames), folder, crf=crf, slower=slower) for frames in sealed]
            named = sum(
                one is not None and kind in {event.kind for event in one.events} for one in seen
            )
            cells.append(f"{named}/{len(seen)}")
        print(f"| {name} | {' | '.join(cells)} |")


def _edits(sealed: list[Frames], folder: Path) -> None:
    print("| place erased in 25 frames, coded at CRF | shown | IoU |")
    print("|---|---|---|")
    for crf in (18, 23):
        overlaps = []
        for frames in sealed:
            edited = [frame.copy() for frame in frames]
            inside = place(frames[0])
            for frame in edited[30:55]:
                frame[inside] = frame[inside].mean(axis=(0, 1)).astype(np.uint8)
            found = _read(edited, folder, crf=crf)
            truth = np.zeros(frames[0].shape[:2], dtype=np.bool_)
            truth[inside] = True
            boxes = [one.box for one in found.altered.places] if found is not None else []
            overlaps.append(overlap(boxes, truth))
        shown = sum(share > 0.3 for share in overlaps)
        print(f"| {crf} | {shown}/{len(overlaps)} | {np.mean(overlaps):.2f} |")


def _read(frames: Frames, folder: Path, *, crf: int, slower: float = 1.0) -> Any:
    from provenance.watermark.seal import watching

    path = _stored(frames, folder / "copy.mp4", crf=crf, slower=slower)
    return watching.read(path, key=KEY)


def _sealed(clip: Frames, folder: Path) -> Frames:
    from provenance.watermark.seal import video

    source = _stored(clip, folder / "source.mp4", crf=12)
    made = video.seal(source, folder / "sealed.mp4", work=WORK, key=KEY)
    height, width = clip[0].shape[:2]
    print(f"watermark: sealed a video of {width} x {height}, PSNR {made.psnr:.1f} dB before coding")
    return _loaded(folder / "sealed.mp4", side=10_000)


def _stored(frames: Frames, path: Path, *, crf: int, slower: float = 1.0) -> Path:
    with av.open(str(path), "w", format="mp4") as out:
        stream: Any = out.add_stream("libx264", rate=PACE, options={"crf": str(crf)})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, pixels in enumerate(frames):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = round(1000 * slower * number / PACE), Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _loaded(path: Path, *, side: int = _SIDE) -> Frames:
    """The first frames, at most ``side`` wide and high, with even sides."""
    frames: Frames = []
    with av.open(str(path)) as media:
        for frame in media.decode(video=0):
            scale = min(1.0, side / max(frame.width, frame.height))
            width, height = (int(part * scale) // 2 * 2 for part in (frame.width, frame.height))
            pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
            frames.append(np.asarray(pixels, dtype=np.uint8))
            if len(frames) == FRAMES:
                break
    return frames


def _drawn() -> Frames:
    """A slow pan over a drawn picture, with a thing that moves."""
    wide = drawn(77, width=640, height=360)
    frames = []
    for number in range(FRAMES):
        frame = np.ascontiguousarray(wide[:, number // 2 : number // 2 + 560])
        frame[120:170, 4 * number : 4 * number + 60] = (190, 70, 60)
        frames.append(frame)
    return frames
