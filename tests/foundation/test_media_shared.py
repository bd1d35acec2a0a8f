"""Real files made by others: each is taken, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.media import Kind, MediaRefusal, UnreadableMedia, inspect

NO_MEDIA = {".csv", ".txt", ".md", ""}
# what the folder's names promise, where the bytes keep the promise
TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
    ".gif": "image/gif", ".tif": "image/tiff", ".tiff": "image/tiff", ".avif": "image/avif",
    ".heif": "image/heif", ".dng": "image/x-adobe-dng", ".svg": "image/svg+xml",
    ".pdf": "application/pdf", ".c2pa": "application/c2pa", ".mp3": "audio/mpeg",
    ".wav": "audio/wav", ".avi": "video/x-msvideo", ".mov": "video/quicktime",
    ".mp4": "video/mp4",
}  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in TYPES and path.suffix not in NO_MEDIA
    )


@pytest.mark.parametrize("folder", ["c2pa", "detection", "faces", "pdq"])
def test_every_file_is_taken_for_what_it_is(shared: Path, folder: str) -> None:
    found = files(shared / "media" / folder)
    assert found
    odd = []
    for path in found:
        try:
            probe = inspect(path)
        except MediaRefusal as refusal:
            odd.append((path, refusal))
            continue
        assert probe.bytes == path.stat().st_size
        assert probe.media_type == TYPES[path.suffix.lower()], path
        assert probe.decodable or probe.note, path
        if probe.decodable and probe.kind in (Kind.IMAGE, Kind.VIDEO):
            assert probe.width, path
            assert probe.height, path
    # a tag without any sound behind it is the only file that holds nothing
    assert all(
        isinstance(refusal, UnreadableMedia) and path.stat().st_size < 1000 for path, refusal in odd
    ), odd
    assert len(odd) <= len(found) // 50
