"""The seal: what it costs to the eye, what it survives, how well it shows edits, false alarms.

Beside it the DWT-DCT-SVD mark of invisible-watermark (32 bits, no map), on the same pictures in the
same run. Pictures: the half of the reference pictures that no threshold was chosen on, or drawn
ones where there is no reference media.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks import watermark_attacks as attacks
from benchmarks import watermark_video
from benchmarks.figures import Figure, keep
from benchmarks.watermark_attacks import Pixels
from benchmarks.watermark_baseline import BITS, Baseline, prepared

KEY = bytes(range(32))
WORK = bytes.fromhex("00112233aabbccdd")
COUNT = int(os.environ.get("PROBITY_BENCH_PICTURES", "12"))


def shared_files(pattern: str) -> list[Path]:
    """Reference media, empty where they are not here."""
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    return sorted(path for path in (Path(shared) / "media").glob(pattern) if path.is_file())


def main() -> list[Figure]:
    """Print the tables; the figures compare with the baseline."""
    held_out = shared_files("detection/image/*/*")[1::2]
    step = max(1, len(held_out) // COUNT)
    pictures = [
        picture for path in held_out[::step] if (picture := attacks.opened(path)) is not None
    ]
    pictures = pictures[:COUNT] or [attacks.drawn(seed) for seed in range(COUNT)]
    print(f"watermark: {len(pictures)} pictures of at most {attacks.SIDE} pixels")
    sealed = _sealed(pictures)
    ours = _ours(sealed)
    baseline = prepared()
    theirs = _theirs(baseline, pictures) if baseline else {}
    _handling_table(ours, theirs)
    _edits(sealed)
    _false_alarms()
    watermark_video.report(shared_files("faces/*.mp4")[1::2])
    figures = [
        Figure(
            f"seal: pictures identified after {name}", 100 * ours[name]["exact"],
            100 * theirs[name]["exact"], "%", "exact payloads of dwtDctSvd, 32 bits", "higher",
        )
        for name in theirs
        if theirs[name]["exact"]
    ]  # fmt: skip
    keep("watermark", figures)
    return figures


def _sealed(pictures: list[Pixels]) -> list[Pixels]:
    from provenance.watermark.seal import image, quality

    begun = time.perf_counter()
    sealed = [image.seal(picture, work=WORK, key=KEY) for picture in pictures]
    seconds = time.perf_counter() - begun
    pairs = list(zip(pictures, sealed, strict=True))
    loud = [quality.psnr(*pair) for pair in pairs]
    alike = [quality.ssim(*pair) for pair in pairs]
    print(
        f"watermark: seal PSNR {np.mean(loud):.1f} dB (lowest {min(loud):.1f}), "
        f"SSIM {np.mean(alike):.4f} (lowest {min(alike):.4f}), "
        f"{seconds / sum(picture[..., 0].size for picture in pictures) * 1e6:.2f} s a megapixel"
    )
    return sealed


def _ours(sealed: list[Pixels]) -> dict[str, dict[str, float]]:
    """For each way of handling: share of coded bits that are right, of pictures identified, of
    blocks judged, and of blocks wrongly called altered."""
    from provenance.watermark.seal import identifier, image, label

    carrier = label.carrier(KEY)
    table: dict[str, dict[str, float]] = {}
    for name, handle in attacks.HANDLING.items():
        rows: dict[str, list[float]] = defaultdict(list)
        for picture in sealed:
            height, width = picture.shape[:2]
            rows_, columns = image.grid(width=width, height=height)
            signs = label.Label(work=WORK, rows=rows_, columns=columns).coded(KEY)
            handled = handle(picture)
            soft = carrier.read(identifier.view(image.brightness(handled)).values)
            rows["bits"].append(float(np.mean(soft * signs > 0)))
            found = image.read(handled, key=KEY)
            rows["exact"].append(float(found is not None and found.label.work == WORK))
            if found is not None and found.judgement is not None:
                rows["judged"].append(float(found.judgement.judged.mean()))
                rows["false"].append(float(found.judgement.altered.mean()))
        table[name] = {what: float(np.mean(values)) for what, values in rows.items()}
    return table


def _theirs(baseline: Baseline, pictures: list[Pixels]) -> dict[str, dict[str, float]]:
    from provenance.watermark.seal import quality

    marked = baseline.encode(pictures)
    loud = [quality.psnr(*pair) for pair in zip(pictures, marked, strict=True)]
    alike = [quality.ssim(*pair) for pair in zip(pictures, marked, strict=True)]
    print(f"watermark: dwtDctSvd PSNR {np.mean(loud):.1f} dB, SSIM {np.mean(alike):.4f}")
    table: dict[str, dict[str, float]] = {}
    for name, handle in attacks.HANDLING.items():
        read = baseline.decode([handle(picture) for picture in marked])
        right = [np.mean(bits == baseline.bits) for bits in read]
        table[name] = {"bits": float(np.mean(right)), "exact": float(np.mean(np.equal(right, 1)))}
    return table


def _handling_table(ours: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> None:
    print(
        f"| handling | seal: bits right | identified | judged | false | dwtDctSvd ({BITS} bits): "
        "bits right | exact |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, row in ours.items():
        other = theirs.get(name)
        tail = f"{other['bits']:.3f} | {other['exact']:.0%}" if other else "– | –"
        judged = f"{row['judged']:.0%} | {row['false']:.3%}" if "judged" in row else "– | –"
        print(f"| {name} | {row['bits']:.3f} | {row['exact']:.0%} | {judged} | {tail} |")


def _edits(sealed: list[Pixels]) -> None:
    from provenance.watermark.seal import image, places

    print("| edit | shown | IoU as edited | shown after JPEG 75 | IoU after JPEG 75 |")
    print("|---|---|---|---|---|")
    found: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for number, picture in enumerate(sealed):
        height, width = picture.shape[:2]
        truth = np.zeros((height, width), dtype=np.bool_)
        truth[attacks.place(picture)] = True
        for name, edited in attacks.edited(picture, sealed[number - 1]).items():
            for coded in (False, True):
                seen = attacks.saved(edited, "JPEG", 75) if coded else edited
                read = image.read(seen, key=KEY)
                boxes: list[places.Box] = []
                if read is not None and read.judgement is not None:
                    boxes = places.boxes(read.judgement, width=width, height=height)
                found[name, coded].append(attacks.overlap(boxes, truth))
    for name in dict.fromkeys(name for name, _ in found):
        fresh, after = np.array(found[name, False]), np.array(found[name, True])
        print(
            f"| {name} | {np.mean(fresh > 0.3):.0%} | {fresh.mean():.2f} "
            f"| {np.mean(after > 0.3):.0%} | {after.mean():.2f} |"
        )


def _false_alarms() -> None:
    """Every unmarked picture at hand under several keys."""
    from provenance.watermark.seal import image

    files = [
        *shared_files("detection/image/*/*"),
        *shared_files("c2pa/*"),
        *shared_files("pdq/**/*"),
    ]
    looked = seen = 0
    for picture in filter(lambda found: found is not None, map(attacks.opened, files)):
        for number in range(4):
            assert picture is not None
            looked += 1
            seen += image.read(picture, key=bytes([number] * 32)) is not None
    for seed in range(20):
        looked += 1
        seen += image.read(attacks.drawn(1000 + seed), key=KEY) is not None
    print(
        f"watermark: {seen} false alarms in {looked} looks at unmarked pictures "
        "(stated: at most 2^-32 a look)"
    )
