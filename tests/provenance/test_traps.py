"""Files made to deceive, each made here: none may get the verdict it was made for."""

from __future__ import annotations

import datetime as dt
import os
import random
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation import child
from provenance import library, verify
from provenance.errors import DateInvalid, FileUnreadable, TrustListUnknown

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
OwnList = Callable[..., Path]
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


def rules(record: Any) -> set[str]:
    return {reason["rule"] for reason in record.reasons}


def test_trusted_by_an_own_list(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem, about="title: Newsroom list\ndate: 2026-01-02\n")
    path = put("a", sign(picture(), newsroom)[0])
    record = verify.read(path)
    assert (record.verdict, record.trusted_by) == ("trusted", ["newsroom"])
    assert record.by_list == {"newsroom": "Trusted", "c2pa": None, "interim": None}
    assert record.signer is not None
    assert record.signer["shown_as_identity"] is True
    assert record.versions["lists"]["newsroom"]["date"] == "2026-01-02"
    assert "Newsroom list of 2026-01-02" in record.sentence
    assert record.media_type == "image/jpeg"
    assert {"list:c2pa", "list:interim", "revocation"} == {e["what"] for e in record.not_checked}


def test_trusted_edit_over_a_tampered_parent(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    parent = bytearray(sign(picture(), newsroom)[0])
    parent[-40] ^= 1
    edit, _ = sign(picture(colour=(200, 0, 0)), newsroom, parent=bytes(parent))
    record = verify.read(put("edit.jpg", edit))
    assert record.by_list["newsroom"] == "Trusted"
    assert record.verdict == "invalid"
    assert record.ingredients_intact is False
    assert "broken-ingredient" in rules(record)
    assert "ingredient:assertion.dataHash.mismatch" in record.codes
    assert record.tree is not None
    assert record.tree["root"]["ingredients"][0]["state"] == "invalid"


def test_a_tampered_grandparent_is_found_too(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    first = bytearray(sign(picture(), newsroom)[0])
    first[-40] ^= 1
    second, _ = sign(picture(colour=(200, 0, 0)), newsroom, parent=bytes(first))
    third, _ = sign(picture(colour=(0, 200, 0)), newsroom, parent=second)
    record = verify.read(put("third.jpg", third))
    assert record.by_list["newsroom"] == "Trusted"
    assert (record.verdict, record.ingredients_intact) == ("invalid", False)


def test_an_honest_chain_stays_trusted(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    data = sign(picture(), newsroom)[0]
    for step in range(30):
        data = sign(picture(colour=(step, 0, 0)), newsroom, parent=data)[0]
    record = verify.read(put("chain.jpg", data))
    assert (record.verdict, record.ingredients_intact) == ("trusted", True)
    assert record.tree is not None
    depth, node = 0, record.tree["root"]
    while node["ingredients"]:
        depth, node = depth + 1, node["ingredients"][0]
        assert node["state"] == "trusted"
    assert depth == 30
    assert record.tree["cut"] is None


def test_signing_anew_hides_nothing_but_says_nothing_of_before(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    again, _ = sign(sign(picture(), newsroom)[0], newsroom)
    record = verify.read(put("again.jpg", again))
    assert record.verdict == "trusted"
    assert record.ingredients_intact is None


def test_a_home_made_famous_name_is_a_claim(
    identity: Callable[..., Any], sign: Sign, put: Put, public_lists: None,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    fake = identity(common="Adobe Inc.", organisation="Adobe Inc.")
    record = verify.read(put("fake.jpg", sign(picture(), fake)[0]))
    assert record.verdict == "valid"
    assert record.signer is not None
    assert record.signer["shown_as_identity"] is False
    assert record.signer["shown"] == "claims to be Adobe Inc."
    assert "claims to be Adobe Inc." in record.sentence


def test_hostile_strings_are_spelt_out(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    title = "<script>alert(1)</script>\u202egnp.exe\x1b[31m" + "x" * 1000
    data, _ = sign(picture(), newsroom, title=title, generator="<img onerror=x>\u2066")
    record = verify.read(put("x.jpg", data))
    assert record.tree is not None
    shown = record.tree["root"]["title"]
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "<U+202E>" in shown
    assert len(shown) <= 201
    assert record.generator is not None
    assert "\u2066" not in record.generator


def test_a_remote_manifest_is_never_fetched(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(2)

        def listen() -> None:
            try:
                connection, address = server.accept()
            except OSError:
                return
            seen.append(str(address))
            connection.close()

        listener = threading.Thread(target=listen)
        listener.start()
        port = server.getsockname()[1]
        data, _ = sign(picture(), newsroom, remote=f"http://127.0.0.1:{port}/m.c2pa")
        record = verify.read(put("remote.jpg", data))
        listener.join()
    assert seen == []
    assert record.credentials == "remote_not_fetched"
    assert record.verdict == "none"
    assert record.remote_url == f"http://127.0.0.1:{port}/m.c2pa"
    assert record.identity == "not_checked"


@pytest.mark.parametrize("purpose", [TIME_STAMPING, "1.3.6.1.5.5.7.3.9"])
def test_a_leaf_for_another_purpose_is_flagged(
    purpose: str, identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    odd = identity(ekus=[purpose])
    own_list("odd", odd.root_pem)
    record = verify.read(put("odd.jpg", sign(picture(), odd)[0]))
    assert record.by_list["odd"] == "Trusted"
    assert record.verdict == "invalid"
    assert "signer-purpose" in rules(record)
    assert record.signer is not None
    assert record.signer["shown_as_identity"] is False


def test_a_time_stamp_anchor_makes_nobody_a_signer(
    identity: Callable[..., Any], newsroom: Any, sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    clock = identity(organisation="Clock")
    own_list("mixed", newsroom.root_pem, tsa=clock.root_pem)
    record = verify.read(put("clock.jpg", sign(picture(), clock)[0]))
    assert record.by_list["mixed"] == "Trusted"
    assert record.verdict == "valid"
    assert "not-a-signer-anchor" in rules(record)


def test_an_allowed_leaf_is_trusted_by_its_hash(
    identity: Callable[..., Any], newsroom: Any, sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    friend = identity(organisation="Friend")
    own_list("desk", newsroom.root_pem, allowed=friend.leaf_pem)
    record = verify.read(put("friend.jpg", sign(picture(), friend)[0]))
    assert record.by_list["desk"] == "Valid"
    assert record.verdict == "trusted"
    assert "allowed-leaf" in rules(record)


@pytest.mark.parametrize(
    "eku", ["1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.76.59.1.9"]
)
def test_all_signing_purposes_are_known_without_any_download(
    eku: str, identity: Callable[..., Any], sign: Sign, put: Put, picture: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    who = identity(ekus=[eku, "1.3.6.1.5.5.7.3.4"])
    record = verify.read(put("eku.jpg", sign(picture(), who)[0]))
    assert record.verdict == "valid"
    assert record.state_without_lists == "Valid"


def test_sidecar_with_its_file_and_with_another(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    data, store = sign(picture(), newsroom, sidecar=True)
    side = put("a.c2pa", store)
    good = verify.read(put("a.jpg", data), sidecar=side)
    assert (good.credentials, good.verdict) == ("sidecar", "trusted")
    wrong = verify.read(put("b.jpg", picture(colour=(0, 0, 0))), sidecar=side)
    assert (wrong.credentials, wrong.verdict) == ("sidecar", "invalid")
    assert "belong to another file" in wrong.sentence
    alone = verify.read(side)
    assert alone.credentials == "unreadable"
    assert "give both" in alone.sentence
    junk = verify.read(put("c.jpg", picture()), sidecar=put("junk.c2pa", b"junk"))
    assert (junk.credentials, junk.verdict) == ("unreadable", "none")


def test_changed_content_is_invalid_everywhere(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    good = sign(picture(), newsroom)[0]
    for at in range(len(good) - 120, len(good) - 3, 13):
        bad = bytearray(good)
        bad[at] ^= 0x10
        assert verify.read(put("bad.jpg", bytes(bad))).verdict != "trusted"


def test_without_any_list_the_state_is_still_told(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    record = verify.read(put("a.jpg", sign(picture(), newsroom)[0]))
    assert record.verdict == "valid"
    assert record.by_list == {"c2pa": None, "interim": None}
    missing = {e["what"]: e["sentence"] for e in record.not_checked}
    assert "probity pull c2pa-signers c2pa-tsa" in missing["list:c2pa"]
    assert "probity pull interim-signers interim-allowed" in missing["list:interim"]


def test_the_clock_of_another_day(
    identity: Callable[..., Any], sign: Sign, put: Put, own_list: OwnList,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    today = dt.datetime.now(dt.UTC)
    brief = identity(not_after=today + dt.timedelta(days=10))
    own_list("brief", brief.root_pem, about="date: 2020-01-01\n")
    path = put("brief.jpg", sign(picture(), brief)[0])
    assert verify.read(path).verdict == "trusted"
    soon = verify.read(path, as_of=(today + dt.timedelta(days=5)).date())
    assert soon.verdict == "trusted"
    late = verify.read(path, as_of=(today + dt.timedelta(days=20)).date())
    assert late.verdict == "invalid"
    assert "not-valid-that-day" in rules(late)
    assert late.by_list["brief"] == "Trusted"


def test_a_list_that_came_later_is_not_used(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    own_list("newsroom", newsroom.root_pem, about="date: 2026-06-01\n")
    path = put("a.jpg", sign(picture(), newsroom)[0])
    record = verify.read(path, as_of="2026-05-31")
    assert record.by_list["newsroom"] is None
    assert "newsroom" not in record.versions["lists"]
    assert "list:newsroom" in {entry["what"] for entry in record.not_checked}


@pytest.mark.parametrize("text", ["31.12.2026", "2026-02-30", "soon"])
def test_a_day_that_is_none(text: str, put: Put) -> None:
    with pytest.raises(DateInvalid, match="YYYY-MM-DD"):
        verify.read(put("a", b"x"), as_of=text)


def test_wrong_calls(put: Put, tmp_path: Path) -> None:
    with pytest.raises(TrustListUnknown, match="known are c2pa, interim"):
        verify.read(put("a", b"x"), lists=["c3pa"])
    with pytest.raises(FileUnreadable, match="is not there"):
        verify.read(tmp_path / "none")
    with pytest.raises(FileUnreadable, match="is not a file"):
        verify.read(tmp_path)


@pytest.mark.parametrize("junk", [b"", b"hello", b"\xff\xd8\xff", b"\x00" * 5000, b"%PDF-1.4\n"])
def test_junk_has_no_credentials_and_hurts_nobody(junk: bytes, put: Put) -> None:
    record = verify.read(put("junk", junk))
    assert record.credentials in {"absent", "unreadable"}
    assert record.verdict == "none"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_reading_before_and_after_a_fork(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    path = put("a.jpg", sign(picture(), newsroom)[0])
    assert verify.read(path).verdict == "valid"
    ours = os.fork()
    if ours == 0:
        try:
            status = 0 if verify.read(path).verdict == "valid" else 3
            child.shutdown()
        except BaseException:
            status = 4
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(ours, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_context_made_before_a_fork_is_made_again(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes]
) -> None:
    """The library refuses a context of another process; ours are known by their process."""
    path = put("a.jpg", sign(picture(), newsroom)[0])

    def state() -> str | None:
        return library.read(path, anchors="", identity=True, sidecar=None, kind=None).state

    assert state() == "Valid"
    ours = os.fork()
    if ours == 0:
        try:
            os._exit(0 if state() == "Valid" else 3)
        except BaseException:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(ours, 0)[1]) == 0
    library._contexts.clear()


def test_mutants_hurt_nobody_and_deceive_nobody(
    newsroom: Any, sign: Sign, put: Put, own_list: OwnList, picture: Callable[..., bytes]
) -> None:
    """Damaged credentials and certificates give a record; changed content never a good one."""
    own_list("newsroom", newsroom.root_pem)
    good = sign(picture(), newsroom)[0]
    content = len(good) - 200
    chance = random.Random(20261121)
    for _ in range(80):
        bad = bytearray(good)
        for _ in range(chance.randrange(1, 5)):
            bad[chance.randrange(20, content)] = chance.randrange(256)
        assert verify.read(put("bad.jpg", bytes(bad))).sentence
        bad[chance.randrange(content, len(bad) - 2)] ^= 0x40
        assert verify.read(put("bad.jpg", bytes(bad))).verdict in {"none", "invalid"}
