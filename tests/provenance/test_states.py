"""The state that is derived for each list against the library's own reading with that list."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance import library, trust, verify
from provenance.states import Results

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
OwnList = Callable[..., Path]


@pytest.fixture
def direct() -> Iterator[Callable[[Path], dict[str, str | None]]]:
    """The library's states of a file, read once for each list with all its anchors."""

    def read(path: Path) -> dict[str, str | None]:
        kind = "image/svg+xml" if path.suffix == ".svg" else None
        return {
            known.name: library.read(
                path,
                anchors=known.anchors + known.time_stamps,
                identity=True,
                sidecar=None,
                kind=kind,
            ).state
            for known in trust.load().lists
        }

    yield read
    library._contexts.clear()


def test_all_files_under_all_lists(
    shared: Path,
    public_lists: None,
    own_list: OwnList,
    direct: Callable[[Path], dict[str, str | None]],
) -> None:
    roots = (shared / "trust/test-roots/c2pa-rs-test-roots.pem").read_bytes()
    own_list("roots", roots)
    trusted: set[str] = set()
    for path in sorted((shared / "media/c2pa").iterdir()):
        if path.suffix in {".csv", ".md"}:
            continue
        record = verify.read(path)
        assert record.by_list == direct(path), path.name
        trusted |= {name for name, state in record.by_list.items() if state == "Trusted"}
    assert trusted == {"interim", "roots"}


def test_lists_that_share_a_name_and_an_anchor(
    identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes], direct: Callable[[Path], dict[str, str | None]],
) -> None:  # fmt: skip
    """Two authorities of one name with different keys: the name alone proves nothing."""
    first, second = identity(), identity()
    own_list("first", first.root_pem)
    own_list("second", second.root_pem)
    own_list("both", second.root_pem + first.root_pem)
    path = put("a.jpg", sign(picture(), first)[0])
    record = verify.read(path, lists=["first", "second", "both"])
    assert record.by_list == direct(path)
    assert record.by_list == {"both": "Trusted", "first": "Trusted", "second": "Valid"}


def test_a_parent_by_another_signer_counts_under_each_list(
    identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes], direct: Callable[[Path], dict[str, str | None]],
) -> None:  # fmt: skip
    """A trusted edit over a parent whose signer only one of the lists knows."""
    editor, camera = identity(organisation="Editor"), identity(organisation="Camera")
    own_list("editors", editor.root_pem)
    own_list("all", editor.root_pem + camera.root_pem)
    parent, _ = sign(picture(), camera)
    path = put("e.jpg", sign(picture(colour=(9, 9, 9)), editor, parent=parent)[0])
    record = verify.read(path, lists=["editors", "all"])
    assert record.by_list == direct(path)
    assert record.by_list["all"] == "Trusted"
    assert record.tree is not None
    assert record.tree["root"]["ingredients"][0]["signer"]["shown_as_identity"] is True


@pytest.mark.parametrize("purpose", ["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"])
def test_odd_purposes_are_trusted_by_the_library(
    purpose: str, identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes], direct: Callable[[Path], dict[str, str | None]],
) -> None:  # fmt: skip
    odd = identity(ekus=[purpose])
    own_list("odd", odd.root_pem)
    path = put("odd.jpg", sign(picture(), odd)[0])
    assert verify.read(path).by_list["odd"] == direct(path)["odd"] == "Trusted"


def test_an_expired_certificate_with_and_without_a_time_stamp(
    identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes], direct: Callable[[Path], dict[str, str | None]],
    time_stamp_authority: tuple[str, Path],
) -> None:  # fmt: skip
    url, folder = time_stamp_authority
    begun = time.monotonic()
    verify.read(put("lasting.jpg", sign(picture(), identity(), stamp_url=url)[0]))
    took = time.monotonic() - begun
    # long enough to sign twice and read once, however busy the machine is
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2 + 4 * took)
    brief = identity(not_after=end)
    clock = (folder / "ca.pem").read_bytes()
    own_list("stamped", brief.root_pem, tsa=clock)
    own_list("alone", brief.root_pem)
    plain = put("plain.jpg", sign(picture(), brief)[0])
    stamped = put("stamped.jpg", sign(picture(), brief, stamp_url=url)[0])
    fresh = verify.read(stamped, lists=["stamped", "alone"])
    assert fresh.by_list == {"alone": "Trusted", "stamped": "Trusted"}
    time.sleep(max(0.0, (end - dt.datetime.now(dt.UTC)).total_seconds() + 1.1))
    for path in (plain, stamped):
        assert verify.read(path, lists=["stamped", "alone"]).by_list == direct(path)
    without = verify.read(plain, lists=["stamped", "alone"])
    assert (without.verdict, without.time_stamp) == ("invalid", None)
    assert "expired" in without.sentence
    within = verify.read(stamped, lists=["stamped"])
    assert within.verdict == "trusted"
    assert within.time_stamp is not None
    assert (within.time_stamp["trusted"], within.time_stamp["trusted_by"]) == (True, ["stamped"])
    assert within.certificates[0]["valid_now"] is False
    assert within.certificates[0]["valid_when_signed"] is True
    unknown = verify.read(stamped, lists=["alone"])
    assert unknown.time_stamp is not None
    assert unknown.time_stamp["trusted"] is False
    rows = {row["what"]: row["status"] for row in unknown.checks}
    assert rows["time_stamp"] == "unproven"


def results(*, good: tuple[str, ...], failures: tuple[str, ...]) -> Results:
    return Results.of(
        {
            "validation_results": {
                "activeManifest": {
                    "success": [{"code": code} for code in good],
                    "failure": [{"code": code, "url": "self#jumbf=/c2pa/a/x"} for code in failures],
                }
            }
        }
    )


GOOD = ("claimSignature.validated", "claimSignature.insideValidity")


@pytest.mark.parametrize(
    ("good", "failures", "state", "apart"),
    [
        (GOOD, (), "Valid", "Valid"),
        ((*GOOD, "signingCredential.trusted"), (), "Trusted", "Trusted"),
        (GOOD, ("signingCredential.untrusted",), "Valid", "Valid"),
        (GOOD[:1], (), "Invalid", "Invalid"),
        (GOOD, ("assertion.dataHash.mismatch",), "Invalid", "Invalid"),
        (GOOD, ("cawg.ica.did_unavailable",), "Invalid", "Valid"),
        ((*GOOD, "signingCredential.trusted"), ("cawg.x509.credential.untrusted",), "Valid",
         "Trusted"),
    ],
)  # fmt: skip
def test_the_rules_of_a_state(
    good: tuple[str, ...], failures: tuple[str, ...], state: str, apart: str
) -> None:
    found = results(good=good, failures=failures)
    assert (found.state, found.apart().state) == (state, apart)


@pytest.mark.parametrize("junk", [{}, {"validation_results": 3}, {"validation_results": {}}])
def test_results_of_junk_are_invalid(junk: dict[str, Any]) -> None:
    assert Results.of(junk).state == "Invalid"
