"""`probity watermark` and its keys."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from provenance.watermark import keys, schemes
from provenance.watermark.errors import KeyInvalid, PayloadInvalid
from provenance.watermark_cli import command

WORK = "0123456789abcdef"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    assert run("key", path).exit_code == 0
    return path


@pytest.fixture
def speech(tmp_path: Path, voice: Callable[..., Any], write_wav: Callable[..., Path]) -> Path:
    return write_wav(tmp_path / "speech.wav", voice(seconds=12), rate=24_000)


def test_a_key_is_made_for_its_owner_alone_and_never_again(tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = run("key", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = keys.load(path)
    assert made.stdout.strip().endswith(keys.name(secret))
    assert secret.hex() not in made.output
    again = run("key", path)
    assert again.exit_code == 2
    assert "never overwritten" in again.stderr
    assert keys.load(path) == secret


def test_keys_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyInvalid, match="cannot be read"):
        keys.load(tmp_path / "none")
    with pytest.raises(KeyInvalid, match="cannot be written"):
        keys.make(tmp_path / "no" / "where")
    for text in ("", "12", "zz" * 32, "00" * 33):
        path = tmp_path / "key"
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(KeyInvalid, match="64 hexadecimal"):
            keys.load(path)
    path.write_text("00" * 32)
    path.chmod(0o644)
    with pytest.raises(KeyInvalid, match="chmod 600"):
        keys.load(path)


def test_what_is_derived_from_a_key_stays_the_same_and_apart() -> None:
    key = bytes(range(32))
    assert keys.name(key) == "b2f78717ec7fc39c"
    assert keys.derived(key, "a", length=40)[:8] == keys.derived(key, "a", length=8)
    assert keys.derived(key, "a") != keys.derived(key, "b")
    assert keys.derived(key, "a") != keys.derived(bytes(32), "a")


def test_embed_and_detect(speech: Path, key_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "marked.wav"
    made = run("embed", speech, "-o", out, "--key", key_file, "--id", WORK, "--json")
    assert made.exit_code == 0, made.stderr
    [told] = [json.loads(line) for line in made.stdout.splitlines()]
    assert (told["scheme"], told["payload"]) == ("audio", WORK)
    assert told["details"]["segmental_snr"] > 15
    seen = run("detect", out, speech, "--key", key_file, "--json")
    assert seen.exit_code == 0
    marked, plain = (json.loads(line) for line in seen.stdout.splitlines())
    assert marked["file"] == str(out)
    [mark] = marked["watermarks"]
    assert (mark["status"], mark["payload"]) == ("found", WORK)
    assert plain["watermarks"][0]["status"] == "absent"
    spoken = run("detect", tmp_path, "--key", key_file)
    assert f"work {WORK}" in spoken.stdout
    assert "false alarm at most" in spoken.stdout
    assert key_file.read_text().strip() not in spoken.output


def test_an_identifier_is_made_up_when_none_is_given(
    speech: Path, key_file: Path, tmp_path: Path
) -> None:
    told = run("embed", speech, "-o", tmp_path / "one.wav", "--key", key_file)
    assert told.exit_code == 0
    assert "was put in and read back" in told.stdout
    assert schemes.identifier(None, scheme="audio") != schemes.identifier(None, scheme="audio")
    with pytest.raises(PayloadInvalid, match="16 hexadecimal"):
        schemes.identifier("12", scheme="audio")
    with pytest.raises(PayloadInvalid, match="16 hexadecimal"):
        schemes.identifier("no hexadecimal", scheme="audio")


def test_refusals_leave_by_status_two(speech: Path, key_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    without = run("embed", speech, "-o", out)
    assert without.exit_code == 2
    assert "with the key" in without.stderr
    wrong = run("embed", speech, "-o", out, "--key", key_file, "--id", "xyz")
    assert wrong.exit_code == 2
    assert "hexadecimal digits" in wrong.stderr
    unknown = run("detect", speech, "--scheme", "nobody")
    assert unknown.exit_code == 2
    assert "Installed:" in unknown.stderr
    assert not out.exists()


def test_one_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    grey = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(grey).save(tmp_path / "z.png")
    seen = run("detect", tmp_path / "text.png", tmp_path / "z.png", "--json")
    assert seen.exit_code == 2
    first, second = (json.loads(line) for line in seen.stdout.splitlines())
    assert "error" in first
    assert second["watermarks"][0]["scheme"] == "generators"


def test_nothing_that_fits_is_said(speech: Path) -> None:
    assert "no installed scheme" in run("detect", speech).stdout


def test_the_schemes_are_listed() -> None:
    plain = run("list")
    assert "The institution's mark in sound" in plain.stdout
    cards = {row["id"]: row for row in map(json.loads, run("list", "--json").stdout.splitlines())}
    assert cards["generators"]["public"] is True
    assert cards["audio"]["algorithm"] == "org.probity.audio.1"
    assert all(card["error"] is None for card in cards.values())


def test_help_needs_no_heavy_library(root: Path) -> None:
    code = (
        "import sys, provenance.watermark_cli\n"
        "heavy = {'numpy', 'scipy', 'cv2', 'av', 'PIL', 'yaml'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_parent_decodes_nothing(root: Path) -> None:
    code = (
        "import sys, provenance.watermark, provenance.soft_binding\n"
        "from provenance.watermark import registry\n"
        "assert registry.entries()\n"
        "heavy = {'numpy', 'scipy', 'cv2', 'av', 'PIL'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
