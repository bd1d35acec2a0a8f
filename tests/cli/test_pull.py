"""`probity pull`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from foundation.resources import Catalogue, Gathering, Resource, store
from probity_cli.main import cli

CONTENT = {"net": b"weights", "list": b"anchors"}


@pytest.fixture(autouse=True)
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two resources, and a mirror folder that has both."""
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(tmp_path))
    resources = []
    for name, content in CONTENT.items():
        (tmp_path / f"{name}.bin").write_bytes(content)
        resources.append(
            Resource(
                id=name, file=f"{name}.bin", url=f"https://published.invalid/{name}",
                sha256=hashlib.sha256(content).hexdigest(), bytes=len(content), licence="MIT",
                what=f"the {name} [x]",
            )
        )  # fmt: skip
    gathering = Gathering(
        catalogues=(Catalogue("engine", resources),), broken=("engine_b cannot be read.",)
    )
    monkeypatch.setattr("foundation.resources.gather", lambda: gathering)
    store.forget()
    yield tmp_path
    store.forget()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["pull", *arguments])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_all_are_fetched_once() -> None:
    first, second = run(), run()
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == "net: fetched\nlist: fetched\n"
    assert second.stdout == "net: already here\nlist: already here\n"
    assert first.stderr == "engine_b cannot be read.\n"


def test_one_is_fetched_as_json(mirror: Path) -> None:
    result = run("net", "--json")
    (row,) = rows(result)
    assert row["fetched"] is True
    assert Path(str(row["path"])).read_bytes() == CONTENT["net"]
    assert not (mirror / "home" / "resources" / "list.bin").exists()


def test_one_refusal_does_not_stop_the_others(mirror: Path) -> None:
    (mirror / "net.bin").write_bytes(b"another")
    result = run("--json")
    assert result.exit_code == 3
    assert "Resource net is not the pinned file" in result.stderr
    refused, fetched = rows(result)
    assert refused["fetched"] is False
    assert isinstance(refused["refused"], dict)
    assert refused["refused"]["code"] == "resource-wrong"
    assert (fetched["id"], fetched["fetched"]) == ("list", True)


def test_the_list_says_where_each_is(mirror: Path) -> None:
    run("net")
    (mirror / "list.bin").unlink()
    listed = rows(run("--list", "--json"))
    assert [(row["id"], row["where"]) for row in listed] == [("net", "store"), ("list", "missing")]
    assert "`probity pull list`" in str(listed[1]["sentence"])
    shown = run("--list", "list")
    assert shown.exit_code == 0
    assert "the list [x]" in shown.stdout
    assert "the net" not in shown.stdout


def test_an_unknown_id_is_refused() -> None:
    result = run("nope")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "There is no resource nope" in result.stderr
