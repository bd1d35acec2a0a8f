"""Works of every format that the library signs: signed, found valid by our own verifier, with
history and time-stamp, and still opened by others."""

from __future__ import annotations

import contextlib
import csv
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image

from foundation.errors import Refusal
from provenance import verify
from provenance.signing import AI, SignedWork, Signer, Work, sign
from provenance.signing.agreeing import FORMATS

_ENCODED = sorted(set(FORMATS) - {"image/heif", "image/jxl"})
"""Those that are made here as whole works, not as containers around noise."""
_PILLOW = {"image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", "image/avif"}


def decoded(path: Path, kind: str) -> int:
    """How many pictures or pieces of sound Pillow or PyAV decodes before one that it does not take;
    1 for what neither is for.

    FFmpeg searches an AVI file to its end for pieces of its tracks: now and then it takes random
    bytes of the credentials, which lie last, for one more picture, and fails on it.
    """
    if kind in _PILLOW:
        with Image.open(path) as picture:
            picture.load()
    elif kind.startswith(("video/", "audio/")):
        taken = 0
        with contextlib.suppress(av.error.FFmpegError), av.open(path) as container:
            for _ in container.decode(container.streams[0]):
                taken += 1
        return taken
    return 1


@pytest.fixture(scope="module")
def first(
    make: Callable[[str], bytes], trial: Signer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], SignedWork]:
    """A work of a kind, signed once for all tests."""
    folder = tmp_path_factory.mktemp("signed")
    kept: dict[str, SignedWork] = {}

    def of(kind: str) -> SignedWork:
        if kind not in kept:
            name = kind.replace("/", "-")
            plain = folder / f"{name}.plain"
            plain.write_bytes(make(kind))
            kept[kind] = sign(plain, folder / name, signer=trial, work=Work(ai=AI.NONE))
        return kept[kind]

    return of


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_signed_signed_again_and_stamped(
    kind: str,
    make: Callable[[str], bytes],
    first: Callable[[str], SignedWork],
    trial: Signer,
    tmp_path: Path,
    time_stamp_authority: tuple[str, Path],
) -> None:
    url, _ = time_stamp_authority
    once = first(kind)
    assert (once.media_type, once.verdict, once.time_stamp) == (kind, "valid", None)
    again = sign(
        once.path, tmp_path / "again", signer=trial, work=Work(actions=("published",)),
        time_stamp_url=url,
    )  # fmt: skip
    assert (again.verdict, again.parent) == (
        "valid",
        {"sha256": once.sha256, "title": once.path.name, "verdict": "valid"},
    )
    assert again.time_stamp is not None
    read = verify.read(again.path)
    assert (read.verdict, read.credentials, read.ingredients_intact) == ("valid", "embedded", True)
    assert {c["status"] for c in read.checks if c["what"] in {"signature", "content"}} == {"passed"}
    plain = tmp_path / "plain"
    plain.write_bytes(make(kind))
    assert decoded(again.path, kind) == decoded(plain, kind) > 0


@pytest.mark.parametrize("kind", _ENCODED)
def test_other_programs_read_what_was_signed(kind: str, first: Callable[[str], SignedWork]) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("ExifTool is not installed: apt-get install libimage-exiftool-perl.")
    answer = subprocess.run(
        ["exiftool", "-s3", "-Error", "-FileType", first(kind).path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert len(answer.stdout.split()) == 1, answer.stdout


def test_sidecars_leave_the_content(
    make: Callable[[str], bytes], trial: Signer, tmp_path: Path
) -> None:
    for kind in ("image/jpeg", "video/mp4", "audio/wav"):
        name = kind.replace("/", "-")
        plain = tmp_path / name
        plain.write_bytes(make(kind))
        done = sign(plain, tmp_path / f"{name}.bin", signer=trial, sidecar=True)
        assert done.path.read_bytes() == plain.read_bytes()
        assert done.sidecar == tmp_path / f"{name}.c2pa"
        assert done.sidecar.read_bytes() == done.manifest
        assert verify.read(done.path, sidecar=done.sidecar).verdict == "valid"


def test_a_stamp_across_segments_and_in_a_sidecar(
    jpeg: Path, trial: Signer, tmp_path: Path, time_stamp_authority: tuple[str, Path]
) -> None:
    """Two pictures of noise in one history: the manifest store is longer than a JPEG segment."""
    url, _ = time_stamp_authority
    first = sign(jpeg, tmp_path / "1.jpg", signer=trial, work=Work(source="camera"))
    done = sign(first.path, tmp_path / "2.jpg", signer=trial, time_stamp_url=url)
    assert len(done.manifest) > 2**16
    assert done.time_stamp is not None
    assert verify.read(done.path).verdict == "valid"
    with Image.open(done.path) as picture:
        picture.load()
    aside = sign(jpeg, tmp_path / "3.jpg", signer=trial, time_stamp_url=url, sidecar=True)
    assert aside.time_stamp is not None


def test_the_unsigned_files_of_the_corpus(shared: Path, trial: Signer, tmp_path: Path) -> None:
    """Files of other makers, HEIC, AVIF and TIFF among them: signed and valid, or refused with the
    reason; nothing else."""
    folder = shared / "media" / "c2pa"
    with (folder / "MANIFEST.csv").open(newline="") as rows:
        names = [row["file"] for row in csv.DictReader(rows) if row["category"] == "unsigned"]
    refused = {}
    kinds = set()
    for name in names:
        out = tmp_path / name
        record = verify.read(folder / name)
        if record.credentials != "absent":
            continue
        try:
            done = sign(folder / name, out, signer=trial)
        except Refusal as refusal:
            refused[name] = refusal.sentence
            assert not out.exists()
            continue
        kinds.add(done.media_type)
        assert verify.read(out).verdict == "valid"
        assert decoded(out, done.media_type) == decoded(folder / name, done.media_type)
    assert kinds >= {"image/heif", "image/avif", "image/gif", "video/quicktime", "audio/wav"}
    # parts of a fragmented film and two ID3 headers around nothing hold no content to sign
    assert len(refused) <= 3, refused
