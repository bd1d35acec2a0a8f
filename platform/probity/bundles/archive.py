"""Writing the archive: one BagIt folder (RFC 8493) in a ZIP, with a signed index. Streaming."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from probity.audit.keys import index_sign

from .entries import Entry

CHUNK = 1 << 20
MOMENT = (1980, 1, 1, 0, 0, 0)
#: Media and archives hardly shrink; text does.
STORED = frozenset({"original", "derivative", "picture"})


@dataclass(frozen=True)
class Written:
    """The finished archive."""

    sha256: str
    bytes: int
    files: int


class Archive:
    """An archive under construction; every file is hashed while it is written."""

    def __init__(
        self, target: Path, *, folder: str, on_step: Callable[[int], None] | None = None
    ) -> None:
        self._on_step = on_step or (lambda _: None)
        self._zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self._target = target
        self._folder = folder
        self._listed: list[dict[str, Any]] = []
        self._tags: dict[str, str] = {}

    def add(self, entry: Entry) -> None:
        """Write one payload file."""
        compress = zipfile.ZIP_STORED if entry.role in STORED else zipfile.ZIP_DEFLATED
        path = f"data/{entry.path}"
        if entry.opener:
            with entry.opener() as handle:
                digest, size = self._copy(path, handle, compress)
        else:
            digest, size = self._write(path, entry.data, compress)
        self._listed.append({"path": path, "role": entry.role, "sha256": digest, "bytes": size})

    def finish(self, about: Mapping[str, Any], *, verifier: bytes) -> Written:
        """Write index, signature, verifier and BagIt's own files; close and hash the archive."""
        files = sorted(self._listed, key=lambda row: str(row["path"]))
        total = sum(int(row["bytes"]) for row in files)
        index = json.dumps({**about, "files": files}, indent=1, ensure_ascii=False).encode()
        self._tag("index.json", index)
        self._tag("index.note", index_sign(hashlib.sha256(index).hexdigest()).encode())
        self._tag("verify.py", verifier)
        self._tag("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        self._tag("bag-info.txt", _bag_info(about, files=len(files), total=total))
        self._tag("manifest-sha256.txt", _manifest((row["path"], row["sha256"]) for row in files))
        self._write("tagmanifest-sha256.txt", _manifest(sorted(self._tags.items())))
        self._zip.close()
        return Written(_hash(self._target), self._target.stat().st_size, len(files))

    def close(self) -> None:
        """Give up."""
        self._zip.close()

    def _tag(self, name: str, data: bytes) -> None:
        self._tags[name], _ = self._write(name, data)

    def _write(
        self, name: str, data: bytes, compress: int = zipfile.ZIP_DEFLATED
    ) -> tuple[str, int]:
        self._zip.writestr(self._info(name, compress), data)
        return hashlib.sha256(data).hexdigest(), len(data)

    def _copy(self, name: str, handle: IO[bytes], compress: int) -> tuple[str, int]:
        total, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name, compress), "w", force_zip64=True) as target:
            for block in _blocks(handle.read):
                total.update(block)
                size += len(block)
                target.write(block)
                self._on_step(len(self._listed))
        return total.hexdigest(), size

    def _info(self, name: str, compress: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(f"{self._folder}/{name}", date_time=MOMENT)
        info.compress_type = compress
        info.external_attr = 0o644 << 16
        return info


def _blocks(read: Callable[[int], bytes]) -> Iterable[bytes]:
    return iter(lambda: read(CHUNK), b"")


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _manifest(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in pairs).encode()


def _bag_info(about: Mapping[str, Any], *, files: int, total: int) -> bytes:
    lines = {
        "Source-Organization": about["organization"],
        "Bagging-Date": about["made_at"][:10],
        "External-Identifier": about["export"],
        "External-Description": f"Evidence bundle of case {about['case']}",
        "Payload-Oxum": f"{total}.{files}",
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()
