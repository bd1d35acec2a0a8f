"""Pinned resources: what is not the pinned file never gets in."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from foundation.resources import (
    Catalogue,
    MirrorUnusable,
    Resource,
    ResourceListInvalid,
    ResourceMissing,
    ResourceUnknown,
    ResourceUnreachable,
    ResourceWrong,
    Where,
    gather,
    store,
)
from foundation.resources.listing import read_list

CONTENT = b"weights" * 40_000
FILE = "models/net/net.onnx"

Setting = Callable[[str], None]


def pinned(content: bytes = CONTENT, **changes: Any) -> Resource:
    values: dict[str, Any] = {
        "id": "net", "file": FILE, "url": "https://weights.invalid/net.onnx",
        "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content),
        "licence": "MIT", "what": "a small net",
    }  # fmt: skip
    return Resource(**{**values, **changes})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    store.forget()
    yield tmp_path / "home"
    store.forget()


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Setting:
    return partial(monkeypatch.setenv, "PROBITY_RESOURCES_MIRROR")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mirror" / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return tmp_path / "mirror"


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue("engine", [pinned()])


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}/"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def leftovers(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and ".verified" not in path.parts]


def test_a_missing_one_names_the_command(catalogue: Catalogue) -> None:
    with pytest.raises(ResourceMissing, match="run `probity pull net`") as caught:
        catalogue.path("net")
    assert caught.value.exit_status == 3
    assert [row.where for row in catalogue.status()] == [Where.MISSING]
    assert "`probity pull net`" in catalogue.status()[0].sentence


def test_an_unknown_one(catalogue: Catalogue) -> None:
    with pytest.raises(ResourceUnknown, match="--list"):
        catalogue.path("other")


def test_a_folder_mirror_serves_on_first_need(
    catalogue: Catalogue, folder: Path, mirror: Setting, home: Path
) -> None:
    mirror(str(folder))
    assert catalogue.status()[0].where is Where.MIRROR
    path = catalogue.path("net")
    assert path == home / "resources" / FILE
    assert path.read_bytes() == CONTENT
    assert catalogue.status()[0].where is Where.STORE
    mirror("")
    assert catalogue.path("net") == path
    assert catalogue.pull("net") == (path, False)


@pytest.mark.parametrize("spelling", ["{0}", "{0}/", "file://{0}"])
def test_pull_takes_from_a_folder(
    catalogue: Catalogue, folder: Path, mirror: Setting, spelling: str
) -> None:
    mirror(spelling.format(folder))
    seen: list[int] = []
    path, fetched = catalogue.pull("net", progress=seen.append)
    assert fetched
    assert seen[-1] == path.stat().st_size == len(CONTENT)


@pytest.mark.parametrize(
    "content", [b"", CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + b"x", CONTENT * 30]
)
def test_another_file_is_refused_and_nothing_kept(
    catalogue: Catalogue, folder: Path, mirror: Setting, home: Path, content: bytes
) -> None:
    (folder / FILE).write_bytes(content)
    mirror(str(folder))
    for attempt in (catalogue.path, catalogue.pull):
        with pytest.raises(ResourceWrong, match="nothing was kept"):
            attempt("net")
    assert leftovers(home) == []


def test_where_the_store_cannot_be_written_the_mirror_is_used_in_place(
    catalogue: Catalogue, folder: Path, mirror: Setting, home: Path
) -> None:
    mirror(str(folder))
    home.mkdir()
    (home / "resources").write_text("not a folder")
    assert catalogue.path("net") == folder / FILE
    (folder / FILE).write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(ResourceUnreachable, match="could not be copied"):
        catalogue.path("net")


def test_the_hash_is_computed_once_for_each_state_of_a_file(
    catalogue: Catalogue, folder: Path, mirror: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(str(folder))
    path = catalogue.path("net")
    hashed: list[Path] = []
    compute = store._sha256
    monkeypatch.setattr(store, "_sha256", lambda path: hashed.append(path) or compute(path))
    assert catalogue.path("net") == path
    store.forget()
    assert catalogue.path("net") == path
    assert hashed == []
    path.write_bytes(CONTENT[:-1] + b"x")
    mirror("")
    with pytest.raises(ResourceMissing):
        catalogue.path("net")
    assert hashed == [path]
    assert catalogue.status()[0].where is Where.MISSING


def test_a_damaged_file_is_replaced(
    catalogue: Catalogue, folder: Path, mirror: Setting, home: Path
) -> None:
    kept = home / "resources" / FILE
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"damaged")
    mirror(str(folder))
    assert catalogue.path("net").read_bytes() == CONTENT


def test_pull_takes_from_an_address(catalogue: Catalogue, server: str, mirror: Setting) -> None:
    mirror(server)
    seen: list[int] = []
    with pytest.raises(ResourceMissing):
        catalogue.path("net")
    path, fetched = catalogue.pull("net", progress=seen.append)
    assert fetched
    assert path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("content", [b"", CONTENT[:-1] + b"x", CONTENT * 30])
def test_an_address_with_another_file_is_refused(
    catalogue: Catalogue, server: str, mirror: Setting, folder: Path, home: Path, content: bytes
) -> None:
    (folder / FILE).write_bytes(content)
    mirror(server)
    with pytest.raises(ResourceWrong, match="nothing was kept"):
        catalogue.pull("net")
    assert leftovers(home) == []


def test_an_address_without_it_says_what_to_do(server: str, mirror: Setting, home: Path) -> None:
    mirror(server)
    with pytest.raises(ResourceUnreachable, match=r"127\.0\.0\.1 does not hand out .*404.*MIRROR"):
        Catalogue("engine", [pinned(file="models/other.onnx")]).pull("net")
    assert leftovers(home) == []


def test_an_address_that_does_not_answer(catalogue: Catalogue, mirror: Setting) -> None:
    mirror("http://127.0.0.1:9")
    with pytest.raises(ResourceUnreachable, match="Check the connection"):
        catalogue.pull("net")


@pytest.mark.parametrize("text", ["/nowhere/at/all", "http://mirror.example", "ftp://x"])
def test_a_mirror_must_be_a_folder_or_https(
    catalogue: Catalogue, mirror: Setting, text: str
) -> None:
    mirror(text)
    with pytest.raises(MirrorUnusable, match="neither a folder"):
        catalogue.pull("net")


def test_a_mirrors_password_is_not_shown(catalogue: Catalogue, mirror: Setting) -> None:
    mirror("http://me:secret@mirror.example/x")
    with pytest.raises(MirrorUnusable) as caught:
        catalogue.status()
    assert "secret" not in caught.value.sentence
    assert "mirror.example" in caught.value.sentence


LISTED = """\
resources:
  - id: net
    file: models/net/net.onnx
    url: https://weights.invalid/net.onnx
    sha256: "{sha}"
    bytes: 3
    licence: MIT
    what: a small net
""".format(sha="0" * 64)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "resources.yaml"
    path.write_text(text)
    return path


def test_a_list_is_read(tmp_path: Path) -> None:
    (found,) = read_list(written(tmp_path, LISTED))
    assert found == pinned(sha256="0" * 64, bytes=3)
    assert read_list(written(tmp_path, "resources: []\n")) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("licence: MIT", "license: MIT", 7, "unknown key 'license'"),
        ("    licence: MIT\n", "", 2, "missing: licence"),
        ("bytes: 3", "bytes: 3\n    bytes: 4", 7, "stands twice"),
        ("bytes: 3", "bytes: '3'", 6, "whole number"),
        ("bytes: 3", "bytes: 0", 6, "whole number"),
        ("bytes: 3", "bytes: [3]", 6, "one value"),
        ("models/net/", "../", 3, "path inside the store"),
        ("models/net/", "/models/", 3, "path inside the store"),
        ("models/net/", "a/../", 3, "path inside the store"),
        ("models/net/", "a//", 3, "path inside the store"),
        ("https:", "http:", 4, "https address"),
        ('"' + "0" * 64 + '"', "0" * 64, 5, "in quotes"),
        ("0" * 64, "0" * 63, 5, "64 small hexadecimal digits"),
        ("id: net", "id: Net", 2, "small letters"),
        ("what: a small net", "what: ' '", 8, "a few words"),
        ("resources:", "things:", 1, "one list named"),
        ("resources:", "- resources:", 1, "one list named"),
        ("id: net", "id: 'net", 3, "not YAML"),
    ],
)
def test_a_malformed_list_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    assert old in LISTED
    path = written(tmp_path, LISTED.replace(old, new, 1))
    with pytest.raises(ResourceListInvalid) as caught:
        read_list(path)
    assert problem in caught.value.sentence
    where = caught.value.sentence.removeprefix(str(path)).split(":")[1]
    assert where == str(line) or problem == "not YAML"


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    twice = LISTED + LISTED.removeprefix("resources:\n")
    with pytest.raises(ResourceListInvalid, match="listed twice"):
        read_list(written(tmp_path, twice))


def test_a_package_without_a_list_is_refused() -> None:
    with pytest.raises(ResourceListInvalid, match="cannot be read"):
        Catalogue.load("foundation")
    with pytest.raises(ResourceListInvalid, match="no package"):
        Catalogue.load("nowhere_at_all")


class _Entry:
    def __init__(self, value: str) -> None:
        self.value = value


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Packages that join through the entry-point group."""
    entries: list[_Entry] = []
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(
        "foundation.resources.gathering.entry_points", lambda *, group: list(entries)
    )

    def offer(name: str, text: str) -> None:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text("raise RuntimeError('must not be imported')\n")
        (package / "resources.yaml").write_text(text)
        entries.append(_Entry(name))

    return offer


def test_all_engines_are_gathered_and_a_broken_one_is_told(
    offered: Callable[[str, str], None],
) -> None:
    offered("engine_a", LISTED)
    offered("engine_b", "resources: 3\n")
    offered("engine_c", LISTED.replace("id: net", "id: web").replace("models/net", "models/web"))
    offered("engine_d", LISTED.replace("0" * 64, "1" * 64))
    found = gather()
    assert [each.package for each in found.catalogues] == ["engine_a", "engine_c"]
    assert len(found.broken) == 2
    assert "engine_b" in found.broken[0]
    assert "engine_d claims models/net/net.onnx" in found.broken[1]
    assert [row.resource.id for row in found.missing()] == ["net", "web"]
    assert [name for _, name in found.choose([])] == ["net", "web"]
    assert [name for _, name in found.choose(["web"])] == ["web"]
    with pytest.raises(ResourceUnknown, match="nope"):
        found.choose(["net", "nope"])


def test_every_list_of_ours_is_valid() -> None:
    assert gather().broken == ()


def test_our_lists_agree_with_the_reference_folder(shared: Path, mirror: Setting) -> None:
    mirror(str(shared))
    for catalogue in gather().catalogues:
        for resource in catalogue:
            if (shared / resource.file).is_file():
                assert catalogue.path(resource.id).stat().st_size == resource.bytes
