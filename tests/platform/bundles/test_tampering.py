"""Every kind of file in a bundle, tampered with in every way: the verifier names it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.bundle import standalone
from foundation.log import SigningKey, note_sign
from probity.audit.keys import log_verify_key
from probity.cases.models import Case

pytestmark = pytest.mark.django_db
Files = dict[str, bytes]
KEY = SigningKey("forger", bytes(range(1, 33)))


def unpacked(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def of_each_kind(files: Files) -> list[str]:
    """The names of all files, but of the packs of law, which are all alike, only three."""
    packs = [name for name in files if "/packs/" in name]
    return [name for name in files if name not in packs[3:]]


def failed(path: Path) -> dict[str, str]:
    """The failed checks under the key that the reader got elsewhere."""
    report = standalone.verify(str(path), log_verify_key().text)
    return {row["check"]: row["words"] for row in report.failed}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one honest bundle of all these tests lies once it is made."""
    return tmp_path_factory.mktemp("honest") / "bundle.zip"


@pytest.fixture
def honest(request: pytest.FixtureRequest, kept: Path) -> Path:
    if not kept.exists():
        case: Case = request.getfixturevalue("case")
        bundle: Callable[..., Path] = request.getfixturevalue("bundle")
        kept.write_bytes(bundle(case).read_bytes())
        assert failed(kept) == {}
    return kept


def resealed(files: Files) -> Files:
    """A forger who recomputes every list in the bundle, and signs with a key of his own."""
    top = next(iter(files)).split("/")[0] + "/"
    payload = {n: d for n, d in files.items() if n.startswith(top + "data/")}
    hashes = {n[len(top) :]: hashlib.sha256(d).hexdigest() for n, d in payload.items()}
    index = json.loads(files[top + "index.json"])
    roles = {row["path"]: row["role"] for row in index["files"]}
    index["files"] = [
        {"path": n, "role": roles.get(n, "x"), "sha256": h, "bytes": len(files[top + n])}
        for n, h in sorted(hashes.items())
    ]
    files[top + "index.json"] = json.dumps(index).encode()
    digest = hashlib.sha256(files[top + "index.json"]).hexdigest()
    files[top + "index.note"] = note_sign(f"probity bundle index\n{digest}\n", KEY).encode()
    files[top + "manifest-sha256.txt"] = _manifest(hashes)
    tags = {
        n[len(top) :]: hashlib.sha256(d).hexdigest()
        for n, d in files.items()
        if n not in payload and not n.endswith("tagmanifest-sha256.txt")
    }
    files[top + "tagmanifest-sha256.txt"] = _manifest(tags)
    return files


def _manifest(hashes: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()


def test_one_flipped_byte_in_any_file_is_named(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    for number, name in enumerate(of_each_kind(files)):
        data = bytearray(files[name])
        place = (0, len(data) // 2, len(data) - 1)[number % 3]
        data[place] ^= 1
        found = failed(packed(tmp_path / "flipped.zip", {**files, name: bytes(data)}))
        assert found, f"{name} at {place}"
        short = name.split("/", 1)[1]
        assert "tagmanifest" in name or short in found["files"], (name, found)


def test_a_dropped_or_added_file_is_named(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    top = next(iter(files)).split("/")[0]
    for name in of_each_kind(files):
        path = packed(tmp_path / "dropped.zip", {n: d for n, d in files.items() if n != name})
        assert failed(path), name
    for extra in ("data/assets/more.txt", "more.txt"):
        path = packed(tmp_path / "added.zip", {**files, f"{top}/{extra}": b"x"})
        assert extra in failed(path)["files"]


def test_two_swapped_files_are_named(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    one, other = [name for name in files if "/evaluations/" in name][:2]
    path = packed(tmp_path / "swapped.zip", {**files, one: files[other], other: files[one]})
    assert failed(path)


@pytest.mark.parametrize(
    "kind",
    [
        "original",
        "decisions/",
        "evaluations/",
        "runs/",
        "statements/",
        "notices/",
        "answers/",
        "packs/",
    ],
)
def test_a_resealed_change_meets_log_and_key(honest: Path, tmp_path: Path, kind: str) -> None:
    files = unpacked(honest)
    name = next(n for n in files if kind in n and not n.endswith(".txt"))
    data = files[name]
    change = data + b"x" if kind == "original" else _changed(data)
    found = failed(packed(tmp_path / "resealed.zip", resealed({**files, name: change})))
    assert "index" in found
    expected = {"original": "originals", "packs/": "policy packs"}.get(kind, "records")
    assert expected in found, found


def _changed(data: bytes) -> bytes:
    body = json.loads(data)
    for key in ("reason", "text", "value", "title"):
        if key in body:
            body[key] = "forged" if key != "value" else False
            return json.dumps(body).encode()
    target = body.get("result") or body.get("vouched") or body
    target["forged"] = True
    return json.dumps(body).encode()


@pytest.mark.parametrize("how", ["altered", "removed", "re-ordered", "truncated", "inserted"])
def test_a_resealed_log_is_caught(honest: Path, tmp_path: Path, how: str) -> None:
    files = unpacked(honest)
    name = next(n for n in files if n.endswith("events.jsonl"))
    lines = files[name].decode().splitlines()
    if how == "altered":
        event = json.loads(lines[2])
        event["actor"] = "person:other"
        lines[2] = json.dumps(event)
    elif how == "removed":
        del lines[3]
    elif how == "re-ordered":
        lines[2], lines[3] = lines[3], lines[2]
    elif how == "truncated":
        del lines[-3:]
    else:
        lines.insert(4, lines[4])
    files[name] = ("\n".join(lines) + "\n").encode()
    found = failed(packed(tmp_path / "log.zip", resealed(files)))
    assert found.keys() & {"log", "checkpoint"}, found


def test_a_chain_hashed_anew_meets_the_checkpoint(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    name = next(n for n in files if n.endswith("events.jsonl"))
    events = [json.loads(line) for line in files[name].decode().splitlines()]
    events[3]["actor"] = "person:other"
    prev = events[3]["prev"]
    for event in events[3:]:
        event["prev"] = prev
        body = {key: event[key] for key in standalone.EVENT if key != "hash"}
        canonical = standalone.canonical(body).encode()
        prev = event["hash"] = standalone.sha256(b"probity.chain.event.v1\n" + canonical)
    files[name] = "".join(json.dumps(event) + "\n" for event in events).encode()
    found = failed(packed(tmp_path / "rechained.zip", resealed(files)))
    assert "log" not in found
    assert "checkpoint" in found


def test_a_replaced_verifier_is_seen_by_one_from_elsewhere(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    name = next(n for n in files if n.endswith("/verify.py"))
    files[name] = b"print('Sound.')\n"
    assert "verify.py" in failed(packed(tmp_path / "v.zip", dict(files)))["files"]
    assert "index" in failed(packed(tmp_path / "v2.zip", resealed(files)))


def test_hostile_archives_are_refused(honest: Path, tmp_path: Path) -> None:
    files = unpacked(honest)
    top = next(iter(files)).split("/")[0]
    for name in ("../outside.txt", "/root.txt", f"{top}/../up.txt", "second-top/file"):
        path = packed(tmp_path / "hostile.zip", {**files, name: b"x"})
        with pytest.raises(standalone.Broken):
            standalone.verify(str(path))
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    with pytest.raises(standalone.Broken):
        standalone.verify(str(tmp_path / "no.zip"))
