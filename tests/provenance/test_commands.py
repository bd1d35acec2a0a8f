"""`probity verify`, `probity trust` and `probity metadata`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from provenance.cli import metadata, verify
from provenance.trust_cli import trust

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
ISSUE = {
    "file", "sha256", "media_type", "credentials", "verdict", "by_list", "ingredients_intact",
    "signer", "ai_use", "identity", "codes", "not_checked", "tree", "versions",
}  # fmt: skip


def run(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_verify_prints_one_object_a_line(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    signed = put("signed.jpg", sign(picture(), newsroom)[0])
    plain = put("plain.jpg", picture())
    result = run(verify, "--json", signed, plain)
    assert result.exit_code == 0
    first, second = lines(result)
    assert first.keys() >= ISSUE
    assert first["file"] == str(signed)
    assert (first["verdict"], second["credentials"]) == ("valid", "absent")


def test_verify_says_what_it_could_not_read_and_goes_on(
    put: Put, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    plain = put("plain.jpg", picture())
    result = run(verify, "--json", tmp_path / "none.jpg", plain)
    assert result.exit_code == 2
    missing, found = lines(result)
    assert missing["error"]["code"] == "provenance-file-unreadable"
    assert found["credentials"] == "absent"


def test_verify_searches_folders_and_speaks_plainly(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    put("a.jpg", sign(picture(), newsroom)[0])
    put("b.jpg", picture())
    result = run(verify, tmp_path)
    assert result.exit_code == 0
    assert "claims to be Example Newsroom" in result.stdout
    assert "No Content Credentials." in result.stdout
    assert "Not checked:" in result.stdout


@pytest.mark.parametrize(
    "arguments", [("--list", "nobody"), ("--as-of", "yesterday"), ("--sidecar", "x", "second")]
)
def test_wrong_calls(arguments: tuple[str, ...], put: Put, picture: Callable[..., bytes]) -> None:
    assert run(verify, put("a.jpg", picture()), *arguments).exit_code == 2


def test_a_list_can_be_chosen(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes], public_lists: None
) -> None:
    path = put("a.jpg", sign(picture(), newsroom)[0])
    (record,) = lines(run(verify, "--json", "--list", "c2pa", path))
    assert record["by_list"] == {"c2pa": "Valid"}


def test_trust_list_and_show(public_lists: None) -> None:
    found = {entry["name"]: entry for entry in lines(run(trust, "list", "--json"))}
    assert found["c2pa"]["counts"]["anchors"] == 30
    (shown,) = lines(run(trust, "show", "c2pa", "--json"))
    assert len(shown["certificates"]) == 52
    assert "2026-08-05" in run(trust, "list").stdout
    assert run(trust, "show", "interim").exit_code == 0


def test_trust_without_resources() -> None:
    result = run(trust, "list")
    assert result.exit_code == 0
    assert "probity pull c2pa-signers c2pa-tsa" in result.stderr
    assert all(entry["installed"] is False for entry in lines(run(trust, "list", "--json")))
    assert run(trust, "show", "c2pa").exit_code == 2


def test_metadata_command(put: Put, picture: Callable[..., bytes]) -> None:
    path = put("a.jpg", picture())
    (record,) = lines(run(metadata, "--json", path))
    assert record["file"] == str(path)
    assert record["ai_use"] == "unknown"
    assert "No metadata" in run(metadata, path).stdout


def test_the_command_modules_are_light(root: Path) -> None:
    heavy = ("c2pa", "cryptography", "numpy", "yaml", "PIL", "av", "django", "rich", "msgpack")
    code = (
        "import sys; import provenance.cli, provenance.trust_cli; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
