"""Tags of video and sound containers, and the marks that encoders leave in the bytes."""

from __future__ import annotations

import re
from pathlib import Path

from foundation.media.sniff import Container
from foundation.media.stream import opened
from provenance.metadata.gathered import Gathered

_SCAN = 2 * 2**20
_MARKS = re.compile(
    rb"x264 - core \d{1,4}(?: r\d{1,6})?|x265 \(build \d{1,4}\)|Lavc\d{1,3}\.\d{1,3}\.\d{1,3}"
    rb"|Lavf\d{1,3}\.\d{1,3}\.\d{1,3}|LAME\d\.\d{1,3}|libopus \d\.[\d.]{1,6}|HandBrake [\d.]{3,9}"
    rb"|Apple iTunes [\d.]{3,12}|Adobe (?:Premiere Pro|After Effects|Media Encoder|Audition)"
    rb"|DaVinci Resolve|CapCut|Final Cut Pro|iMovie|InShot|Audacity|GoPro AVC encoder"
)
_PERSONAL = {
    "artist": "artist", "author": "author", "album_artist": "artist", "composer": "composer",
    "copyright": "copyright", "com.apple.quicktime.author": "author", "owner": "owner",
    "originator": "originator", "publisher": "publisher",
}  # fmt: skip
_PLACES = ("location", "gps", "xyz")
_MOST_TAGS = 100
_LARGEST_BEXT = 64 * 1024
_HISTORY_AT = 602


def gather(path: Path, container: Container, into: Gathered) -> None:
    """Tags of the container and of its streams. Raises UnreadableMedia."""
    into.brand = _brand(path) if container.format in {"mp4", "mov", "m4a"} else None
    if container.format == "wav":
        _broadcast(path, into)
    with opened(path, container) as media:
        tags = dict(media.metadata)
        for stream in list(media.streams)[:16]:
            for key, value in list(stream.metadata.items())[:_MOST_TAGS]:
                if key.lower() in {"handler_name", "encoder", "vendor_id"}:
                    into.add("stream", key.lower(), str(value))
    for key, value in list(tags.items())[:_MOST_TAGS]:
        _tag(str(key).lower(), str(value), into)


def _brand(path: Path) -> str | None:
    """The brands of an ISO base media file (ISO/IEC 14496-12, 4.3), the major one first."""
    with path.open("rb") as stream:
        head = stream.read(512)
    if head[4:8] != b"ftyp":
        return None
    stop = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, stop - 3, 4))]
    words = [brand.decode("latin-1").strip() for brand in brands]
    return " ".join(dict.fromkeys(word for word in words if word))


def _broadcast(path: Path, into: Gathered) -> None:
    """The coding history of a broadcast WAV (EBU Tech 3285): every encoder adds a line to it."""
    with path.open("rb") as stream:
        stream.seek(12)
        for _ in range(_MOST_TAGS):
            head = stream.read(8)
            if len(head) < 8:
                return
            size = int.from_bytes(head[4:], "little")
            if head[:4] == b"bext":
                block = stream.read(min(size, _LARGEST_BEXT))
                history = block[_HISTORY_AT:].rstrip(b"\0").decode("latin-1").strip()
                into.add("bext", "coding_history", history)
                return
            stream.seek(size + size % 2, 1)


def _tag(key: str, value: str, into: Gathered) -> None:
    if any(word in key for word in _PLACES):
        into.location = into.location or bool(value.strip())
    elif key in _PERSONAL:
        into.exif.setdefault("personal", set()).add(_PERSONAL[key])
    else:
        into.add("container", key.removeprefix("com.apple.quicktime."), value)


def marks(path: Path, into: Gathered) -> None:
    """Encoder marks in the first and last two megabytes."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        data = stream.read(_SCAN)
        if size > _SCAN:
            stream.seek(max(_SCAN, size - _SCAN))
            data += stream.read(_SCAN)
    found = dict.fromkeys(mark.decode("ascii") for mark in _MARKS.findall(data))
    into.traces.extend(list(found)[:10])
