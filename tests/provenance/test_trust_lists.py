"""Trust lists: what is on them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation.resources import Catalogue
from provenance import purposes, trust
from provenance.errors import SettingsInvalid, TrustListInvalid
from provenance.settings import checked, reader_settings

OwnList = Callable[..., Path]


def test_public_lists(public_lists: None) -> None:
    store = trust.load()
    assert [known.name for known in store.lists] == ["c2pa", "interim"]
    c2pa, interim = store.lists
    assert (c2pa.counts["anchors"], c2pa.counts["time_stamps"]) == (30, 22)
    assert len(interim.allowed) == 86
    assert interim.date.isoformat() == "2026-01-01"
    assert not store.missing


def test_dates_agree_with_the_published_list(public_lists: None) -> None:
    path = Catalogue.load("provenance").path("c2pa-signers-json")
    published = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(published)
    known = trust.load(["c2pa"]).lists[0]
    assert known.date.isoformat() in text
    assert known.next_update is not None
    assert known.next_update.isoformat() in text


def test_the_interim_purposes_are_the_ones_that_are_always_sent(public_lists: None) -> None:
    text = Catalogue.load("provenance").path("interim-ekus").read_text(encoding="utf-8")
    listed = {line.strip() for line in text.splitlines() if line[:1].isdigit()}
    assert listed == set(purposes.ACCEPTED)


def test_missing_lists_are_named_with_the_command() -> None:
    store = trust.load()
    assert not store.lists
    assert [absent.name for absent in store.missing] == ["c2pa", "interim"]
    assert "`probity pull c2pa-signers c2pa-tsa`" in store.missing[0].sentence


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"no certificate at all",
        b"-----BEGIN CERTIFICATE-----\nanVuaw==\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nMIIB",
    ],
)
def test_broken_lists(pem: bytes, own_list: OwnList) -> None:
    own_list("broken", pem)
    with pytest.raises(TrustListInvalid, match="broken"):
        trust.load()


def test_a_list_with_one_cut_certificate_is_broken(newsroom: Any, own_list: OwnList) -> None:
    own_list("cut", newsroom.root_pem + newsroom.root_pem[:200])
    with pytest.raises(TrustListInvalid):
        trust.load()


def test_wrong_purposes(identity: Callable[..., Any], newsroom: Any, own_list: OwnList) -> None:
    own_list("leaf", newsroom.leaf_pem)
    with pytest.raises(TrustListInvalid, match=r"leaf\.allowed\.pem"):
        trust.load(["leaf"])
    clock = identity(root_ekus=[purposes.TIME_STAMPING])
    own_list("clock", clock.root_pem)
    with pytest.raises(TrustListInvalid, match="time-stamping"):
        trust.load(["clock"])
    mail = identity(root_ekus=[purposes.EMAIL_PROTECTION])
    own_list("mail", newsroom.root_pem, tsa=mail.root_pem)
    with pytest.raises(TrustListInvalid, match="not made for time-stamps"):
        trust.load(["mail"])
    own_list("friends", newsroom.root_pem, allowed=newsroom.root_pem)
    with pytest.raises(TrustListInvalid, match="authority"):
        trust.load(["friends"])
    stamper = identity(ekus=[purposes.TIME_STAMPING])
    own_list("stampers", newsroom.root_pem, allowed=stamper.leaf_pem)
    with pytest.raises(TrustListInvalid, match="not made for signing"):
        trust.load(["stampers"])


@pytest.mark.parametrize(
    ("name", "about"),
    [("c2pa", None), ("Upper", None), ("list", "titel: x\n"), ("list", "date: soon\n"),
     ("list", "- a\n"), ("list", "title: [\n")],
)  # fmt: skip
def test_misdescribed_lists(name: str, about: str | None, newsroom: Any, own_list: OwnList) -> None:
    own_list(name, newsroom.root_pem, about=about)
    with pytest.raises(TrustListInvalid):
        trust.load()


def test_parts_without_a_list(newsroom: Any, own_list: OwnList) -> None:
    folder = own_list("good", newsroom.root_pem)
    (folder / "lost.tsa.pem").write_bytes(newsroom.root_pem)
    with pytest.raises(TrustListInvalid, match=r"lost\.pem"):
        trust.load()


def test_a_folder_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROBITY_TRUST_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(TrustListInvalid, match="not a folder"):
        trust.load()


def test_a_changed_list_is_read_again(
    newsroom: Any, identity: Callable[..., Any], own_list: OwnList
) -> None:
    own_list("desk", newsroom.root_pem)
    before = trust.load(["desk"]).lists[0]
    own_list("desk", newsroom.root_pem + identity().root_pem)
    after = trust.load(["desk"]).lists[0]
    assert before.sha256 != after.sha256
    assert after.counts["anchors"] == 2


def settings() -> dict[str, Any]:
    return reader_settings(anchors="", identity=True)


def test_settings_close_the_network_and_keep_trust() -> None:
    made = settings()
    assert made["verify"]["remote_manifest_fetch"] is False
    assert made["verify"]["verify_trust"] is True
    assert made["core"]["allowed_network_hosts"] == []
    assert made["trust"]["trust_config"].split("\n") == list(purposes.ACCEPTED)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("trsut", "trust_anchors", ""),
        ("trust", "trust_anchor", ""),
        ("verify", "verify_trust", False),
        ("verify", "remote_manifest_fetch", True),
        ("verify", "ocsp_fetch", "no"),
        ("core", "allowed_network_hosts", ["example.org"]),
        ("trust", "trust_config", "1.3.6.1.5.5.7.3.4"),
    ],
)
def test_settings_that_weaken_or_misspell_are_refused(part: str, key: str, value: object) -> None:
    made = settings()
    made.setdefault(part, {})[key] = value
    with pytest.raises(SettingsInvalid):
        checked(made)
