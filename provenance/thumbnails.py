"""The small pictures inside a manifest store, decoded and encoded anew in the child.

They come from a stranger's file and are as hostile as the file itself: what leaves here is a WebP
picture of our own making, without metadata.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation import child
from provenance.files import must_be_readable

LONGEST_SIDE = 320
MOST = 64
LARGEST = 4 * 2**20
MEDIA_TYPE = "image/webp"
LIMITS = child.Limits(cpu_seconds=60, wall_seconds=90)
_MOST_PIXELS = 40_000_000
_FORMATS = ["JPEG", "PNG", "WEBP"]


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """``node`` is the ``key`` of the tree's node; width and height in pixels; ``data`` is WebP."""

    node: str
    width: int
    height: int
    data: bytes
    sha256: str
    media_type: str = MEDIA_TYPE

    def to_dict(self) -> dict[str, Any]:
        """The members without the data."""
        return {
            "node": self.node,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
            "sha256": self.sha256,
        }


def read(path: Path, *, sidecar: Path | None = None, store: bytes | None = None) -> list[Thumbnail]:
    """The thumbnails of a file's manifests and ingredients, at most ``MOST``; in the order of the
    tree. What cannot be decoded is left out. ``store``: a manifest store that was fetched.

    Raises FileUnreadable and the child's refusals.
    """
    must_be_readable(path)
    if sidecar is not None:
        must_be_readable(sidecar)
    payload = {
        "path": str(path.absolute()),
        "sidecar": str(sidecar.absolute()) if sidecar else None,
        "store": store,
    }
    made = child.call("provenance.thumbnails:in_child", payload, limits=LIMITS)
    return [Thumbnail(sha256=hashlib.sha256(item["data"]).hexdigest(), **item) for item in made]


def in_child(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``payload``: path, sidecar (path or None), store (bytes or None)."""
    from provenance import history, library, reading, tree
    from provenance.scan import kind_of

    def choose(report: dict[str, Any]) -> dict[str, str]:
        addresses = tree.pictures(history.build(report))
        return dict(list(addresses.items())[:MOST])

    path = Path(payload["path"])
    parts = library.resources(
        path,
        sidecar=payload["store"] or reading.sidecar_bytes(payload["sidecar"]),
        kind=kind_of(path),
        choose=choose,
        largest=LARGEST,
    )
    made = (_made(node, data) for node, data in sorted(parts.items(), key=_in_tree_order))
    return [picture for picture in made if picture is not None]


def _in_tree_order(part: tuple[str, bytes]) -> list[int]:
    return [int(step) for step in part[0].split(".")]


def _made(node: str, data: bytes) -> dict[str, Any] | None:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    target = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
                upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new("RGB", upright.size)
        plain.paste(upright)
        plain.save(target, "WEBP", quality=80)
    except MemoryError:
        raise
    except Exception:  # whatever Pillow calls the damage, there is nothing to show
        return None
    return {"node": node, "width": plain.width, "height": plain.height, "data": target.getvalue()}
