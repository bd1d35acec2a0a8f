"""A stripped copy leads back to its work: by the mark inside it, or by how it looks."""

from __future__ import annotations

import base64
import io
import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from foundation.fingerprint import RADIUS
from provenance import soft_binding, watermark
from provenance.soft_binding import PDQ, Binding, Query, Record, find

KEY = bytes(range(32))
WORK = bytes.fromhex("00112233445566aa")
CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
CREATED = {
    "label": "c2pa.actions.v2",
    "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": CAPTURE}]},
}


@pytest.fixture(scope="module")
def photograph() -> Callable[[int], npt.NDArray[np.uint8]]:
    def make(seed: int) -> npt.NDArray[np.uint8]:
        random = np.random.default_rng(seed)
        rows, columns = np.mgrid[0:480, 0:640]
        picture = np.full((480, 640, 3), 128.0)
        for _ in range(40):
            x, y, size = random.uniform(0, 640), random.uniform(0, 480), random.uniform(20, 130)
            inside = ((columns - x) / size) ** 2 + ((rows - y) / size / 0.7) ** 2 < 1
            picture[inside] = random.uniform(20, 235, 3)
        picture += random.normal(0, 4, (480, 640, 1))
        return np.clip(picture, 0, 255).astype(np.uint8)

    return make


@pytest.fixture
def spoken() -> Callable[..., Path]:
    """Ten seconds of a gliding voice with pauses, as a WAV file."""

    def put(path: Path, *, rate: int = 16_000) -> Path:
        time = np.arange(10 * rate) / rate
        phase = 2 * np.pi * np.cumsum(130 + 25 * np.sin(3 * time)) / rate
        sound = sum(np.sin(n * phase + n * n) / n for n in range(1, 40))
        sound *= 0.1 + 0.9 * (np.sin(9 * time) > -0.3)
        sound += np.random.default_rng(1).normal(0, 0.1, time.size)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((0.5 * sound / np.abs(sound).max() * 32767).astype("<i2").tobytes())
        return path

    return put


@pytest.fixture
def put_picture(tmp_path: Path) -> Callable[..., Path]:
    def put(name: str, pixels: npt.NDArray[np.uint8], **options: Any) -> Path:
        path = tmp_path / name
        Image.fromarray(pixels).save(path, **options)
        return path

    return put


def record(path: Path, work: str, *, keys: tuple[bytes, ...] = ()) -> Record:
    return Record(
        work=work, manifest_sha256="ab" * 32, bindings=soft_binding.bindings(path, keys=keys)
    )


def test_a_recompressed_and_rescaled_copy_is_found(
    photograph: Callable[[int], npt.NDArray[np.uint8]], put_picture: Callable[..., Path]
) -> None:
    records = [record(put_picture(f"{n}.png", photograph(n)), f"work {n}") for n in range(4)]
    small = np.asarray(Image.fromarray(photograph(2)).resize((320, 240)))
    copy = put_picture("copy.jpg", small, quality=50)
    [match] = find(soft_binding.query(copy), records)
    assert match.record.work == "work 2"
    assert (match.by, match.algorithm) == ("fingerprint", PDQ)
    assert 0 <= match.distance <= RADIUS
    assert match.score == 100 - match.distance * 200 // 256
    assert match.sentence.startswith("Possible match: it looks like this work; ")
    assert f"{match.distance} of 256 bits" in match.sentence
    assert json.loads(json.dumps(match.to_dict()))["work"] == "work 2"


def test_turned_and_mirrored_copies_are_found_and_said(
    photograph: Callable[[int], npt.NDArray[np.uint8]], put_picture: Callable[..., Path]
) -> None:
    pixels = photograph(1)
    records = [record(put_picture("original.png", pixels), "the work")]
    # the copy has to be turned clockwise by 90 degrees to look like the work
    turned = put_picture("turned.png", np.ascontiguousarray(np.rot90(pixels)))
    [match] = find(soft_binding.query(turned), records)
    assert "when turned by 90 degrees" in match.sentence
    mirrored = put_picture("mirrored.png", np.ascontiguousarray(pixels[:, ::-1]))
    [match] = find(soft_binding.query(mirrored), records)
    assert "when mirrored;" in match.sentence


def test_other_pictures_do_not_match(
    photograph: Callable[[int], npt.NDArray[np.uint8]], put_picture: Callable[..., Path]
) -> None:
    records = [record(put_picture("one.png", photograph(1)), "one")]
    other = soft_binding.query(put_picture("other.png", photograph(9)))
    assert find(other, records) == []
    # with a radius that takes everything the distance still tells
    [wide] = find(other, records, radius=256)
    assert wide.distance > 2 * RADIUS


def test_plain_pictures_come_with_a_warning(put_picture: Callable[..., Path]) -> None:
    plain = np.full((200, 200, 3), 120, dtype=np.uint8)
    plain[:, 100:] = 122
    path = put_picture("plain.png", plain)
    [match] = find(soft_binding.query(path), [record(path, "a wall")])
    assert "so plain that others may look the same" in match.sentence


def test_the_mark_in_sound_leads_back_and_comes_first(
    tmp_path: Path, spoken: Callable[..., Path]
) -> None:
    source = spoken(tmp_path / "speech.wav")
    out = tmp_path / "marked.wav"
    watermark.embed(source, out, scheme="audio", payload=WORK, key=KEY)
    kept = record(out, "a speech", keys=(KEY,))
    assert kept.bindings == (Binding(algorithm="org.probity.audio.1", value=WORK),)
    other = Record(work="other", manifest_sha256="cd" * 32, bindings=(
        Binding(algorithm="org.probity.audio.1", value=WORK[::-1]),
    ))  # fmt: skip
    [match] = find(soft_binding.query(out, keys=[KEY]), [other, kept])
    assert (match.record.work, match.by, match.distance) == ("a speech", "watermark", 0)
    assert WORK.hex() in match.sentence
    assert find(soft_binding.query(out), [other, kept]) == []


def test_matches_are_ordered_marks_first_then_by_distance() -> None:
    near, far = bytes(31) + b"\x01", bytes(31) + b"\xff"
    works = [
        Record(work="far", manifest_sha256="", bindings=(Binding(algorithm=PDQ, value=far),)),
        Record(work="near", manifest_sha256="", bindings=(Binding(algorithm=PDQ, value=near),)),
        Record(work="both", manifest_sha256="", bindings=(
            Binding(algorithm=PDQ, value=b"\xff" * 32), Binding(algorithm="seal", value=WORK),
        )),
    ]  # fmt: skip
    asked = Query(hashes=(bytes(32),), marks=(Binding(algorithm="seal", value=WORK),))
    assert [match.record.work for match in find(asked, works)] == ["both", "near", "far"]
    assert [match.distance for match in find(asked, works)] == [0, 1, 8]


def test_a_value_alone_can_be_asked_for() -> None:
    mark, look = Binding(algorithm="seal", value=WORK), Binding(algorithm=PDQ, value=bytes(32))
    known = Record(work="w", manifest_sha256="", bindings=(mark, look))
    assert [match.by for match in find(soft_binding.query_of(mark), [known])] == ["watermark"]
    assert [match.by for match in find(soft_binding.query_of(look), [known])] == ["fingerprint"]
    assert find(Query(), [known]) == []


def test_algorithms_are_those_installed() -> None:
    known = soft_binding.algorithms()
    assert known["fingerprints"] == [PDQ]
    assert "org.probity.audio.1" in known["watermarks"]


def test_the_assertion_stands_in_a_signed_manifest(
    picture: Callable[..., bytes], newsroom: Any, sign: Callable[..., tuple[bytes, bytes]]
) -> None:
    binding = Binding(algorithm=PDQ, value=bytes(range(32)))
    signed, _ = sign(picture(), newsroom, assertions=[CREATED, binding.assertion()])
    with c2pa.Reader("image/jpeg", io.BytesIO(signed)) as reader:
        assert reader.get_validation_state() == "Valid"
        [manifest] = json.loads(reader.json())["manifests"].values()
    [data] = [
        found["data"] for found in manifest["assertions"] if found["label"] == soft_binding.LABEL
    ]
    assert soft_binding.values(data) == [binding]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"alg": 3, "blocks": []},
        {"alg": PDQ},
        {"alg": PDQ, "blocks": "many"},
        {"alg": PDQ, "blocks": [3, {}, {"value": 9}, {"value": "no base64!"}, {"value": ""}]},
    ],
)
def test_malformed_assertions_hold_nothing(data: dict[str, Any]) -> None:
    assert soft_binding.values(data) == []


def test_assertions_of_others_are_read() -> None:
    text = base64.b64encode(b"their value").decode()
    data = {"alg": "com.example.mark", "blocks": [{"scope": {}, "value": text}, {"value": b"raw"}]}
    assert [binding.value for binding in soft_binding.values(data)] == [b"their value", b"raw"]
