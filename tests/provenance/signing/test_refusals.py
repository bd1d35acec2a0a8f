"""What is not signed, and that nothing is left behind then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from foundation.time_stamps import TimeStampFailed, TimeStampInvalid
from provenance import verify
from provenance.signing import AI, Signer, Work, sign
from provenance.signing.errors import (
    FormatNotSigned,
    HistoryBroken,
    NotValidAfterSigning,
    OutputRefused,
    SettingInvalid,
    SigningRefused,
    StatementContradicts,
)
from provenance.signing.keys import SoftKey, generate

Put = Callable[[str, bytes], Path]
Sign = Callable[..., tuple[bytes, bytes]]


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Any:
    """No half-written file under any name, whatever happened."""
    yield
    assert not list(tmp_path.glob(".*"))


def refused(
    kind: type[SigningRefused], words: str, path: Path, who: Signer, work: Work | None = None
) -> None:
    out = path.with_name("out.bin")
    with pytest.raises(kind, match=words):
        sign(path, out, signer=who, work=work)
    assert not out.exists()


def test_a_history_that_does_not_hold(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes], trial: Signer, jpeg: Path
) -> None:
    data, _ = sign(picture(), newsroom)
    at = len(data) - 40
    tampered = put("t.jpg", data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    refused(HistoryBroken, "do not hold", tampered, trial)
    refused(HistoryBroken, "do not hold", jpeg, trial, Work(parent=tampered))
    far = put("r.jpg", sign(picture(), newsroom, remote="https://example.org/m")[0])
    refused(HistoryBroken, "lie on a server", far, trial)
    plain, store = sign(picture(), newsroom, sidecar=True)
    beside = put("s.jpg", plain)
    put("s.c2pa", store)
    refused(HistoryBroken, "lie beside it", beside, trial)
    own = put("own.jpg", data)
    refused(HistoryBroken, "second one", own, trial, Work(parent=jpeg))


def test_a_tampered_parent_behind_a_valid_child(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes], trial: Signer
) -> None:
    data, _ = sign(picture(), newsroom)
    at = len(data) - 40
    broken = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    child = put("c.jpg", sign(picture(colour=(1, 2, 3)), newsroom, parent=broken)[0])
    refused(HistoryBroken, "do not hold", child, trial)


def test_declarations_against_the_history(jpeg: Path, trial: Signer, tmp_path: Path) -> None:
    made = sign(jpeg, tmp_path / "made.jpg", signer=trial, work=Work(ai=AI.GENERATED)).path
    refused(StatementContradicts, "AI had a part", made, trial, Work(ai=AI.NONE))
    silent = sign(made, tmp_path / "silent.jpg", signer=trial)
    assert (silent.ai, silent.record["ai_use"]) == (None, "generated")
    shot = sign(jpeg, tmp_path / "shot.jpg", signer=trial, work=Work(source="camera")).path
    refused(
        StatementContradicts, "edited with AI, not generated", shot, trial, Work(ai=AI.GENERATED)
    )
    refused(StatementContradicts, "cannot be said", shot, trial, Work(source="camera"))
    edited = sign(shot, tmp_path / "edited.jpg", signer=trial, work=Work(ai=AI.EDITED))
    assert edited.record["ai_use"] == "edited"
    once_more = sign(made, tmp_path / "more.jpg", signer=trial, work=Work(ai=AI.GENERATED))
    assert once_more.record["ai_use"] == "generated"


def test_declarations_against_the_metadata(tmp_path: Path, trial: Signer) -> None:
    told = PngInfo()
    told.add_text(
        "parameters", "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Model: x"
    )
    path = tmp_path / "cat.png"
    Image.new("RGB", (64, 64), (90, 20, 20)).save(path, pnginfo=told)
    for ai in (AI.NONE, None):
        refused(StatementContradicts, "metadata of the file say that AI", path, trial, Work(ai=ai))
    honest = sign(path, tmp_path / "honest.png", signer=trial, work=Work(ai=AI.GENERATED))
    assert honest.verdict == "valid"
    shot = tmp_path / "shot.jpg"
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
    Image.new("RGB", (64, 64), (9, 20, 20)).save(shot, exif=exif)
    refused(StatementContradicts, "taken with Canon", shot, trial, Work(ai=AI.GENERATED))


def test_kinds_that_hold_no_credentials(put: Put, trial: Signer, jpeg: Path) -> None:
    refused(FormatNotSigned, "Signed are JPEG", put("n.txt", b"words"), trial)
    refused(FormatNotSigned, "Signed are JPEG", put("n.jpg", b""), trial)
    refused(HistoryBroken, "might be lost", put("d.png", b"\x89PNG\r\n\x1a\n" + bytes(40)), trial)
    words = put("n.md", b"words")
    refused(FormatNotSigned, "cannot be a work's parent", jpeg, trial, Work(parent=words))


def test_outputs_that_may_not_be_written(jpeg: Path, trial: Signer, tmp_path: Path) -> None:
    there = tmp_path / "there.jpg"
    there.write_bytes(b"mine")
    for out, words in (
        (there, "was left as it is"),
        (jpeg, "another name"),
        (tmp_path / "no" / "x.jpg", "no folder"),
        (tmp_path, "is a folder"),
        (tmp_path / "picture.png", "Let it end in .jpg"),
    ):
        with pytest.raises(OutputRefused, match=words):
            sign(jpeg, out, signer=trial)
    assert there.read_bytes() == b"mine"
    (tmp_path / "new.c2pa").write_bytes(b"mine")
    with pytest.raises(OutputRefused, match="was left as it is"):
        sign(jpeg, tmp_path / "new.jpg", signer=trial, sidecar=True)
    assert not (tmp_path / "new.jpg").exists()
    assert sign(jpeg, there, signer=trial, overwrite=True).verdict == "valid"


WORDS = {
    "There is no action": Work(actions=("c2pa.created",)),
    "There is no source": Work(source="dream"),
    "either by its source": Work(source="camera", ai=AI.EDITED),
    "one line of at most": Work(title="two\nlines"),
    "A title and an author": Work(author=" "),
    "At most 40 actions": Work(actions=("edited",) * 41),
}


@pytest.mark.parametrize("words", WORDS)
def test_words_that_mean_nothing(words: str, jpeg: Path, trial: Signer) -> None:
    refused(SettingInvalid, words, jpeg, trial, WORDS[words])


def test_a_key_that_is_not_the_certificate_s(jpeg: Path, trial: Signer) -> None:
    stranger = replace(trial, key=SoftKey(generate("ES256")))
    refused(NotValidAfterSigning, "not valid", jpeg, stranger)


def test_a_key_that_fails_ends_it(jpeg: Path, trial: Signer, tmp_path: Path) -> None:
    class Broken:
        algorithm = "ES256"

        def sign(self, data: bytes) -> bytes:
            raise SigningRefused("The token was pulled out.")

    refused(SigningRefused, "pulled out", jpeg, replace(trial, key=Broken()))
    assert sign(jpeg, tmp_path / "after.jpg", signer=trial).verdict == "valid"


def test_authorities_that_give_no_stamp(
    jpeg: Path, trial: Signer, tmp_path: Path, time_stamp_authority: tuple[str, Path]
) -> None:
    url, _ = time_stamp_authority
    for address, kind in (
        ("http://127.0.0.1:9/", TimeStampFailed),
        ("file:///etc/passwd", TimeStampFailed),
        (f"{url}/junk", TimeStampInvalid),
        (f"{url}/other", TimeStampInvalid),
    ):
        with pytest.raises(kind):
            sign(jpeg, tmp_path / "out.jpg", signer=trial, time_stamp_url=address)
        assert not (tmp_path / "out.jpg").exists()


def test_a_stamp_is_trusted_by_a_list_of_clocks(
    jpeg: Path, trial: Signer, tmp_path: Path, own_list: Callable[..., Path],
    time_stamp_authority: tuple[str, Path],
) -> None:  # fmt: skip
    url, folder = time_stamp_authority
    out = tmp_path / "out.jpg"
    done = sign(jpeg, out, signer=trial, time_stamp_url=url)
    assert any("authority" in note or "time-stamp" in note for note in done.notes)
    own_list("clocks", trial.chain[-1].public_bytes(_pem()), tsa=(folder / "ca.pem").read_bytes())
    record = verify.read(out)
    assert record.time_stamp is not None
    assert record.time_stamp["trusted"] is True
    assert record.time_stamp["certificates"][0]["subject"]["name"] == "Test TSA"


def _pem() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM
