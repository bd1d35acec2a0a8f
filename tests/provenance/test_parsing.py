"""The small parsers and the pure rules: hostile bytes and every branch."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from provenance import cbor, certificates, codes, declarations, history, jumbf, signature
from provenance.text import shown
from provenance.verdict import Facts, ListFacts, judge

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@given(st.binary(max_size=300))
def test_parsers_never_fail_on_junk(data: bytes) -> None:
    with contextlib.suppress(cbor.CborError):
        cbor.loads(data)
    assert isinstance(jumbf.signatures(data), dict)
    assert isinstance(signature.chains(data), signature.Chains)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", 0), ("1903e8", 1000), ("20", -1), ("3863", -100), ("f5", True), ("f6", None),
        ("f93c00", 1.0), ("43010203", b"\x01\x02\x03"), ("6161", "a"), ("83010203", [1, 2, 3]),
        ("a16161f4", {"a": False}), ("d2820102", [1, 2]), ("5f42010243030405ff", b"\1\2\3\4\5"),
        ("9f0102ff", [1, 2]), ("bf616101ff", {"a": 1}),
    ],
)  # fmt: skip
def test_cbor_examples(data: str, value: object) -> None:
    assert cbor.loads(bytes.fromhex(data)) == value


@pytest.mark.parametrize("data", ["", "18", "81" * 40 + "00", "9a7fffffff", "ff", "1f", "a1f600"])
def test_cbor_refuses(data: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.loads(bytes.fromhex(data))


@given(st.text(max_size=400))
def test_shown_is_short_printable_and_one_line(text: str) -> None:
    line = shown(text)
    assert len(line) <= 201
    assert line.isprintable()
    line.encode("utf-8")


def test_shown_spells_out_what_lies() -> None:
    assert shown("a\u202eb\u200bc\ud800") == "a<U+202E>b<U+200B>c<U+D800>"
    assert shown("a \n\t b") == "a b"
    assert len(shown("e" + "\u0301" * 50)) == 4
    assert shown("é 漢字 🙂") == "é 漢字 🙂"


@pytest.mark.parametrize(
    ("known", "facts", "verdict", "rule"),
    [
        (ListFacts(state="Trusted", anchored=True), Facts(may_sign=True), "trusted", None),
        (ListFacts(state="Valid", anchored=False), Facts(may_sign=True), "valid", None),
        (ListFacts(state="Invalid"), Facts(may_sign=True), "invalid", None),
        (ListFacts(state="Trusted", anchored=False), Facts(), "valid", "not-a-signer-anchor"),
        (ListFacts(state="Trusted", anchored=None), Facts(), "valid", "chain-unreadable"),
        (ListFacts(state="Valid", allowed=True), Facts(), "trusted", "allowed-leaf"),
        (ListFacts(state="Invalid", allowed=True), Facts(), "invalid", None),
        (ListFacts(state="Invalid", without_identity="Valid"), Facts(), "valid", "identity-apart"),
        (ListFacts(state="Invalid", without_identity="Invalid"), Facts(), "invalid", None),
        (ListFacts(state="Trusted", anchored=True), Facts(may_sign=False), "invalid",
         "signer-purpose"),
        (ListFacts(state="Trusted", anchored=True), Facts(broken_ingredients=1), "invalid",
         "broken-ingredient"),
        (ListFacts(state="Invalid", anchored=True), Facts(only_expired=True, good_that_day=True),
         "trusted", "not-yet-expired-that-day"),
        (ListFacts(state="Invalid", anchored=True), Facts(good_that_day=True), "invalid", None),
        (ListFacts(state="Trusted", anchored=True), Facts(good_that_day=False), "invalid",
         "not-valid-that-day"),
    ],
)  # fmt: skip
def test_rules(known: ListFacts, facts: Facts, verdict: str, rule: str | None) -> None:
    judgement = judge({"list": known}, facts)
    assert judgement.verdict == verdict
    assert [reason.rule for reason in judgement.reasons] == ([rule] if rule else [])


def test_the_best_list_counts_and_is_named() -> None:
    lists = {"a": ListFacts(state="Valid"), "b": ListFacts(state="Trusted", anchored=True)}
    judgement = judge(lists, Facts())
    assert (judgement.verdict, judgement.trusted_by) == ("trusted", ("b",))
    assert judgement.by_list == {"a": "valid", "b": "trusted"}


@pytest.mark.parametrize(
    ("code", "failure", "breaking"),
    [
        ("assertion.dataHash.mismatch", True, True),
        ("signingCredential.untrusted", True, False),
        ("cawg.ica.signature_mismatch", True, False),
        ("timeStamp.mismatch", False, False),
        ("claimSignature.validated", False, False),
        ("ingredient.unknownProvenance", False, False),
        ("something.nobody.knows", True, True),
    ],
)
def test_codes(code: str, *, failure: bool, breaking: bool) -> None:
    assert (codes.is_failure(code), codes.breaks(code)) == (failure, breaking)


def action(name: str, kind: str | None) -> dict[str, object]:
    return {"action": name, **({"digitalSourceType": SOURCE + kind} if kind else {})}


def manifest(*actions: dict[str, object], **more: object) -> dict[str, object]:
    assertion = {"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}
    return {"assertions": [assertion], **more}


def ingredient(label: str, relation: str) -> dict[str, object]:
    return {"active_manifest": label, "relationship": relation, "label": "c2pa.ingredient.v3"}


AI = manifest(action("c2pa.created", "trainedAlgorithmicMedia"))


@pytest.mark.parametrize(
    ("manifests", "use"),
    [
        ({"a": AI}, "generated"),
        ({"a": manifest(action("c2pa.created", "digitalCapture"))}, "none_declared"),
        ({"a": manifest(action("c2pa.created", "algorithmicMedia"))}, "none_declared"),
        ({"a": manifest(action("c2pa.edited", "compositeWithTrainedAlgorithmicMedia"))}, "edited"),
        ({"a": manifest(action("c2pa.edited", "trainedAlgorithmicMedia"))}, "edited"),
        ({"a": manifest(ingredients=[ingredient("b", "parentOf")]), "b": AI}, "generated"),
        ({"a": manifest(ingredients=[ingredient("b", "componentOf")]), "b": AI}, "edited"),
        ({"a": manifest(ingredients=[ingredient("b", "inputTo")]), "b": AI}, "none_declared"),
        ({"a": manifest(ingredients=[ingredient("a", "parentOf")])}, "none_declared"),
    ],
)
def test_ai_use(manifests: dict[str, dict[str, object]], use: str) -> None:
    story = history.build({"active_manifest": "a", "manifests": manifests})
    assert declarations.ai_use(story)["use"] == use


def test_training_takes_the_stricter_word() -> None:
    found = declarations.training(
        {
            "assertions": [
                {
                    "label": "c2pa.training-mining",
                    "data": {"entries": {"c2pa.ai_training": {"use": "allowed"}}},
                },
                {
                    "label": "cawg.training-mining",
                    "data": {"entries": {"cawg.ai_training": {"use": "notAllowed"}}},
                },
            ]
        }
    )
    assert found == {"ai_training": "notAllowed"}
    assert "AI training" in (declarations.training_sentence(found) or "")
    assert declarations.training({}) is None


def test_a_store_that_points_in_circles_ends() -> None:
    looped = {
        "a": manifest(ingredients=[ingredient("b", "parentOf")]),
        "b": manifest(ingredients=[ingredient("a", "parentOf"), ingredient("b", "parentOf")]),
    }
    from provenance import tree

    story = history.build({"active_manifest": "a", "manifests": looped})
    found = tree.build(story, root_state="valid", signers=lambda _label: {})
    assert found["nodes"] == 4
    assert declarations.ai_use(story)["use"] == "none_declared"


def test_a_wide_store_is_cut_with_a_statement() -> None:
    from provenance import tree

    wide = {
        str(n): manifest(ingredients=[ingredient(str(n + 1), "componentOf")] * 3) for n in range(30)
    }
    story = history.build({"active_manifest": "0", "manifests": wide})
    found = tree.build(story, root_state="valid", signers=lambda _label: {})
    assert found["nodes"] <= tree.MOST_NODES
    assert found["cut"]
    assert declarations.ai_use(story)["use"] == "none_declared"


def test_a_certificate_with_a_damaged_issuer_is_not_used(newsroom: Any) -> None:
    der = bytearray(newsroom.leaf.public_bytes(Encoding.DER))
    assert certificates.whole(certificates.parse_der(bytes(der)))
    issuer = newsroom.leaf.issuer.public_bytes()
    at = bytes(der).index(issuer) + 11
    der[at] = 0xED
    assert not certificates.whole(certificates.parse_der(bytes(der)))


def test_certificates_of_no_version_are_none(newsroom: Any) -> None:
    der = newsroom.leaf.public_bytes(Encoding.DER)
    at = der.index(bytes.fromhex("a003020102")) + 4
    changed = der[:at] + b"\x07" + der[at + 1 :]
    with pytest.raises(ValueError, match="version"):
        certificates.parse_der(changed)
    lines = base64.encodebytes(changed)
    pem = b"-----BEGIN CERTIFICATE-----\n" + lines + b"-----END CERTIFICATE-----\n"
    with pytest.raises(ValueError, match="version"):
        certificates.parse_pem(pem)


def test_a_key_that_nobody_knows_signs_nothing(newsroom: Any) -> None:
    der = newsroom.root.public_bytes(Encoding.DER)
    kind = bytes.fromhex("06072a8648ce3d0201")
    odd = certificates.parse_der(der.replace(kind, bytes.fromhex("06072a8648ce3d2601")))
    assert certificates.signed(newsroom.leaf, newsroom.root) is True
    assert certificates.signed(newsroom.leaf, odd) is False
