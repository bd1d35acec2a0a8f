"""Contradictions of credentials, metadata and watermarks: each kind, and none without cause."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance import contradictions

SDXL = {"scheme": "sdxl", "status": "found", "details": {"generator": "Stable Diffusion XL"}}


def credentials(
    *, ai: str = "none_declared", source: str | None = "digitalCapture",
    agent: str | None = None, generator: str = "Newsroom 1", action: str = "c2pa.created",
    stamp: dict[str, Any] | None = None, signed_at: str | None = "2026-05-01T10:00:00+00:00",
) -> dict[str, Any]:  # fmt: skip
    actions = [{"action": action, "source_type": source, "agent": agent}]
    return {
        "ai_use": ai,
        "tree": {"root": {"actions": actions, "generator": generator}},
        "time_stamp": stamp,
        "signer": {"signed_at": signed_at},
    }


def metadata(
    *, camera: dict[str, Any] | None = None, generator: str | None = None,
    source: str | None = None, inside: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "camera": camera,
        "generator": {"name": generator} if generator else None,
        "digital_source_type": source,
        "contradictions": inside or [],
    }


def camera(make: str = "Canon", model: str = "EOS R5", taken: str | None = None) -> dict[str, Any]:
    return {"make": make, "model": model, "lens": None, "taken": taken}


def kinds(*given: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.weight) for one in contradictions.find(*given)]


@pytest.mark.parametrize(
    ("signed", "plain", "marks", "wanted"),
    [
        (credentials(), None, [SDXL], ("capture-against-watermark", "strong")),
        (credentials(source=None), None, [SDXL], ("no-ai-against-watermark", "strong")),
        (None, metadata(camera=camera()), [SDXL], ("camera-against-watermark", "strong")),
        (None, metadata(generator="Midjourney"), [SDXL],
         ("generator-against-watermark", "worth a look")),
        (credentials(), metadata(generator="Midjourney"), [],
         ("generator-against-credentials", "strong")),
        (credentials(source=None), metadata(generator="Midjourney"), [],
         ("generator-against-credentials", "worth a look")),
        (credentials(source=None), metadata(source="trainedAlgorithmicMedia"), [],
         ("source-type-against-credentials", "worth a look")),
        (credentials(ai="generated", source="trainedAlgorithmicMedia"), metadata(camera=camera()),
         [], ("camera-against-credentials", "strong")),
        (credentials(ai="generated", source=None), metadata(source="digitalCapture"), [],
         ("camera-against-credentials", "strong")),
        (credentials(generator="Nikon Z9 firmware 5"), metadata(camera=camera()), [],
         ("camera-against-device", "strong")),
        (credentials(source=None), metadata(camera=camera(taken="2026:06:01 10:00:00")), [],
         ("capture-after-signing", "worth a look")),
        (credentials(source=None, stamp={"time": "2026-05-01T10:00:00+00:00", "trusted": True}),
         metadata(camera=camera(taken="2026:06:01 10:00:00")), [],
         ("capture-after-signing", "strong")),
        (credentials(source=None), None,
         [{"status": "found", "details": {"altered": [[0, 0, 8, 8]]}}],
         ("edit-against-seal", "strong")),
        (None, metadata(inside=["Two things at once."]), [], ("inside-metadata", "worth a look")),
    ],
)  # fmt: skip
def test_each_kind(
    signed: Any, plain: Any, marks: list[dict[str, Any]], wanted: tuple[str, str]
) -> None:
    assert kinds(signed, plain, marks) == [wanted]


@pytest.mark.parametrize(
    ("signed", "plain", "marks"),
    [
        (None, None, []),
        (None, metadata(), [SDXL]),
        (credentials(), metadata(camera=camera()) | {"camera": None}, []),
        (credentials(), None, [{**SDXL, "status": "absent"}]),
        (credentials(), None, [{"status": "found", "details": {}}]),
        (credentials(), None, [{"status": "found"}]),
        (credentials(ai="generated", source="trainedAlgorithmicMedia"), None, [SDXL]),
        (None, metadata(generator="Stable Diffusion web UI"), [SDXL]),
        (credentials(generator="Canon EOS R5"), metadata(camera=camera()), []),
        (credentials(source=None), metadata(camera=camera(taken="2026:05:02 02:00:00")), []),
        (credentials(source=None), metadata(camera=camera(taken="soon")), []),
        (credentials(source=None, signed_at=None),
         metadata(camera=camera(taken="2026:06:01 10:00:00")), []),
        (credentials(source=None, action="c2pa.edited"), None,
         [{"status": "found", "details": {"altered": [1]}}]),
        (credentials(source=None), None, [{"status": "found", "details": {"altered": []}}]),
    ],
)  # fmt: skip
def test_nothing_without_cause(signed: Any, plain: Any, marks: list[dict[str, Any]]) -> None:
    assert kinds(signed, plain, marks) == []


def test_strong_ones_come_first_and_all_are_plain_data() -> None:
    found = contradictions.find(
        credentials(), metadata(camera=camera(), generator="Midjourney", inside=["Odd."]), [SDXL]
    )
    weights = [one.weight for one in found]
    assert weights == sorted(weights, key=lambda weight: weight != "strong")
    assert len(found) >= 4
    for one in found:
        told = one.to_dict()
        assert json.loads(json.dumps(told)) == told
        assert told["sentence"].endswith(".")
        assert told["left"]["source"] in {"credentials", "metadata", "watermark"}


def test_credentials_that_are_absent_say_nothing() -> None:
    absent = {"tree": None, "ai_use": "unknown", "signer": None, "time_stamp": None}
    assert kinds(absent, metadata(generator="Midjourney")) == []
