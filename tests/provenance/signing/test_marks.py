"""A watermark goes in first and the manifest second; both lead to each other."""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from provenance import soft_binding, verify, watermark
from provenance.identity_cli import identity
from provenance.signing import Mark, Signer, Work, sign
from provenance.signing.errors import FormatNotSigned, SettingInvalid
from provenance.signing_cli import sign as command

WORK = bytes.fromhex("00112233445566aa")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something like a photograph: detail on every scale."""
    chance = np.random.default_rng(5)
    picture = np.full((480, 640, 3), 128.0)
    for size in (1, 2, 4, 8, 16, 32):
        noise = chance.normal(0, 1, picture.shape)
        soft = cv2.GaussianBlur(noise, (0, 0), size)
        picture += soft / soft.std() * (6 + 1.2 * size)
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path, quality=95)
    return path


def marks(path: Path, key: bytes) -> list[bytes | None]:
    return [one.payload for one in watermark.detect(path, keys=(key,), schemes=["seal"])]


def test_the_mark_and_the_manifest_name_each_other(
    photo: Path, trial: Signer, tmp_path: Path
) -> None:
    key, out = secrets.token_bytes(32), tmp_path / "out.jpg"
    done = sign(
        photo, out, signer=trial, work=Work(source="camera"), mark=Mark(key=key, payload=WORK)
    )
    assert done.soft_bindings == [{"alg": "org.probity.seal.1", "value": WORK.hex()}]
    assert done.actions == ["c2pa.created", "c2pa.watermarked.bound"]
    assert marks(out, key) == [WORK]
    assert verify.read(out).verdict == "valid"
    stripped = tmp_path / "stripped.jpg"
    with Image.open(out) as picture:
        picture.save(stripped, quality=90)
    assert verify.read(stripped).credentials == "absent"
    asked = soft_binding.query(stripped, keys=(key,))
    record = soft_binding.Record(
        work=done.sha256,
        manifest_sha256=done.manifest_sha256,
        bindings=(soft_binding.Binding(algorithm="org.probity.seal.1", value=WORK),),
    )
    found = soft_binding.find(asked, [record])
    assert [match.record for match in found] == [record]


def test_a_marked_edit_keeps_its_history(photo: Path, trial: Signer, tmp_path: Path) -> None:
    first = sign(photo, tmp_path / "first.jpg", signer=trial, work=Work(source="camera"))
    key = secrets.token_bytes(32)
    done = sign(first.path, tmp_path / "second.jpg", signer=trial, mark=Mark(key=key))
    assert done.parent == {"sha256": first.sha256, "title": "first.jpg", "verdict": "valid"}
    assert [len(bytes.fromhex(one["value"])) for one in done.soft_bindings] == [8]
    assert marks(done.path, key) == [bytes.fromhex(done.soft_bindings[0]["value"])]


def test_marks_that_do_not_go(trial: Signer, jpeg: Path, make: Any, tmp_path: Path) -> None:
    mark = Mark(key=bytes(32))
    svg = tmp_path / "a.svg"
    svg.write_bytes(make("image/svg+xml"))
    cases: tuple[tuple[Path, dict[str, Any], type[Exception]], ...] = (
        (svg, {}, FormatNotSigned),
        (jpeg, {"sidecar": True}, SettingInvalid),
        (jpeg, {"mark": Mark(key=b"short")}, watermark.errors.KeyInvalid),
    )
    for path, options, kind in cases:
        with pytest.raises(kind):
            sign(path, tmp_path / "out", signer=trial, **{"mark": mark, **options})
        assert {found.name for found in tmp_path.iterdir()} == {"a.svg", "picture.jpg", "home"}


def test_by_the_command(photo: Path, tmp_path: Path) -> None:
    run = CliRunner()
    run.invoke(identity, ["create", "trial", "--development"])
    out = tmp_path / "out.jpg"
    done = run.invoke(command, [str(photo), "-o", str(out), "--identity", "trial", "--watermark"])
    assert done.exit_code == 0, done.output
    assert "org.probity.seal.1" in done.stdout
    key = tmp_path / "home" / "watermark.key"
    assert key.stat().st_mode & 0o077 == 0
    with Image.open(io.BytesIO(out.read_bytes())) as picture:
        assert picture.size == (640, 480)
    assert (
        run.invoke(
            command, [str(photo), "-o", "x", "--identity", "trial", "--watermark-key", str(key)]
        ).exit_code
        == 2
    )
