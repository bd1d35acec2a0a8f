"""What credentials, metadata and watermarks say for and against authenticity."""

from __future__ import annotations

from typing import Any

import pytest

from provenance.indications import Indication, find

CAPTURED = {"action": "c2pa.created", "source_type": "digitalCapture", "agent": "Acme One"}
CAMERA: dict[str, Any] = {
    "media_type": "image/jpeg", "ai_use": "none_declared", "generator": None,
    "camera": {"make": "Acme", "model": "One"}, "edit_software": [], "digital_source_type": None,
    "contradictions": [],
}  # fmt: skip
GENERATOR = {**CAMERA, "camera": None, "ai_use": "generated", "generator": {"name": "Dreamer"}}


def signed(verdict: str, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    signer = {"name": "Ada", "organisation": "Acme"}
    return {
        "verdict": verdict, "ai_use": "none_declared", "signer": signer,
        "tree": {"root": {"actions": list(actions)}}, "checks": [], **more,
    }  # fmt: skip


def mark(**details: Any) -> dict[str, Any]:
    return {"status": "found", "sentence": "A mark was found.", "details": details}


def told(found: list[Indication]) -> set[tuple[str, str, str]]:
    return {(one.source, one.speaks, one.weight) for one in found}


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        (signed("trusted", CAPTURED), ("credentials", "for", "strong")),
        (signed("valid", CAPTURED), ("credentials", "for", "weak")),
        (
            signed("trusted", CAPTURED, {"action": "c2pa.cropped"}),
            ("credentials", "open", "strong"),
        ),
        (signed("trusted", ai_use="generated"), ("credentials", "against", "strong")),
        (signed("valid", ai_use="edited"), ("credentials", "against", "weak")),
        (
            signed(
                "invalid", checks=[{"what": "content", "status": "failed", "sentence": "Changed."}]
            ),
            ("credentials", "against", "strong"),
        ),
        (
            signed(
                "invalid",
                checks=[{"what": "certificate_time", "status": "failed", "sentence": "Old."}],
            ),
            ("credentials", "open", "weak"),
        ),
    ],
)
def test_credentials_speak_as_far_as_they_hold(
    credentials: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert told(find(credentials, None)) == {expected}


def test_an_unknown_signer_is_named_as_such() -> None:
    [one] = find(signed("valid", CAPTURED), None)
    assert "Acme (on no trust list)" in one.sentence


def test_what_is_missing_says_nothing() -> None:
    bare = {**CAMERA, "camera": None}
    assert find(None, None) == []
    assert find({"verdict": "none", "tree": None}, bare, [{"status": "absent"}]) == []


def test_metadata_are_never_more_than_weak() -> None:
    assert told(find(None, CAMERA)) == {("metadata", "for", "weak")}
    assert told(find(None, GENERATOR)) == {("metadata", "against", "weak")}
    edited = {**CAMERA, "edit_software": ["Brush"]}
    assert told(find(None, edited)) == {("metadata", "open", "weak")}


def test_a_seal_speaks_both_ways_about_the_part_it_covers() -> None:
    [intact] = find(None, {"media_type": "image/png"}, [mark(altered=[], judged_share=0.9)])
    assert (intact.speaks, intact.weight, intact.subject) == ("for", "strong", "picture")
    [altered] = find(None, {"media_type": "audio/wav"}, [mark(altered=[[0, 0, 8, 8]])])
    assert (altered.speaks, altered.subject) == ("against", "voice")
    assert find(None, None, [mark(altered=[], judged_share=0.3)]) == []
    assert find(None, None, [mark(altered=None)]) == []


def test_a_source_that_is_contradicted_no_longer_speaks_for_authenticity() -> None:
    generated = mark(generator="Dreamer")
    found = find(signed("trusted", CAPTURED), CAMERA, [generated])
    assert {one.speaks for one in found} == {"against"}
    assert found[0].source == "contradiction"
    assert told(found) >= {
        ("contradiction", "against", "strong"),
        ("watermark", "against", "strong"),
    }


def test_the_plain_form_has_every_member() -> None:
    [one] = find(None, CAMERA)
    assert Indication(**one.to_dict()) == one
