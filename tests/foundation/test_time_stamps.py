"""Time-stamps of an authority that the test itself runs, with OpenSSL's own implementation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.time_stamps import (
    TimeStampFailed,
    TimeStampInvalid,
    roots_read,
    time_stamp_fetch,
    time_stamp_read,
)

MESSAGE = b"a checkpoint\n"


def test_a_stamp_is_fetched_and_checked_against_the_root(
    time_stamp_authority: tuple[str, Path],
) -> None:
    url, folder = time_stamp_authority
    token = time_stamp_fetch(MESSAGE, url=f"{url}/stamp")
    roots = roots_read((folder / "ca.pem").read_bytes())
    stamp = time_stamp_read(token, data=MESSAGE, roots=roots)
    assert stamp.trusted is True
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=2)
    unknown = time_stamp_read(token, data=MESSAGE)
    assert unknown.trusted is None


def test_another_authority_s_root_does_not_vouch(
    time_stamp_authority: tuple[str, Path], openssl: Callable[..., bytes], tmp_path: Path
) -> None:
    url, _ = time_stamp_authority
    token = time_stamp_fetch(MESSAGE, url=url)
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem",
        "-subj", "/CN=Stranger", "-days", "3", folder=tmp_path,
    )  # fmt: skip
    roots = roots_read((tmp_path / "c.pem").read_bytes())
    stamp = time_stamp_read(token, data=MESSAGE, roots=roots)
    assert stamp.trusted is False
    assert stamp.why


def test_a_stamp_on_other_bytes_is_refused(time_stamp_authority: tuple[str, Path]) -> None:
    url, _ = time_stamp_authority
    token = time_stamp_fetch(MESSAGE, url=url)
    with pytest.raises(TimeStampInvalid, match="other bytes"):
        time_stamp_read(token, data=MESSAGE + b"!")
    with pytest.raises(TimeStampInvalid, match="other bytes"):
        time_stamp_fetch(MESSAGE, url=f"{url}/other")


def test_answers_that_are_no_stamp_are_refused(time_stamp_authority: tuple[str, Path]) -> None:
    url, _ = time_stamp_authority
    with pytest.raises(TimeStampInvalid, match="no RFC 3161"):
        time_stamp_fetch(MESSAGE, url=f"{url}/junk")
    with pytest.raises(TimeStampFailed, match="no answer"):
        time_stamp_fetch(MESSAGE, url="http://127.0.0.1:9/")
    with pytest.raises(TimeStampFailed, match="http or https"):
        time_stamp_fetch(MESSAGE, url="file:///etc/passwd")
    with pytest.raises(TimeStampInvalid, match="PEM"):
        roots_read(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
