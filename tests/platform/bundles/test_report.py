"""The report a judge can read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from probity.bundles.pdf_signing import pdf_signed
from probity.bundles.report import pdf_of
from probity.cases.models import Case

HTML = "<html lang=en><head><title>T</title></head><body><p>Text</p></body></html>"


@pytest.fixture
def pdf() -> bytes:
    made = pdf_of(HTML)
    if made is None:
        pytest.skip("WeasyPrint or its system library Pango is not installed.")
    return made


def test_it_is_tagged_for_screen_readers(pdf: bytes) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    root = PdfFileReader(io.BytesIO(pdf)).root
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].data


def test_it_fetches_nothing_from_outside(pdf: bytes) -> None:
    hostile = HTML.replace("<p>", '<img src="file:///etc/passwd"><img src="http://127.0.0.1:9/x">')
    made = pdf_of(hostile)
    assert made is not None
    assert b"root:" not in made


@pytest.mark.django_db
def test_the_bundle_has_it_in_both_forms(
    case: Case, bundle: Callable[..., Path], pdf: bytes
) -> None:
    with zipfile.ZipFile(bundle(case)) as archive:
        held = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert held["data/report.pdf"].startswith(b"%PDF-")
    page = held["data/report.html"].decode()
    assert "<script" not in page
    assert "A person decided the case; it takes effect later." in page
    assert "http" not in page.replace("https://example.org/1", "").replace("httpx", "")
    lines = held["data/REQUIREMENTS.txt"].decode().splitlines()
    assert [line.split()[0] for line in lines[3:]] == [f"E{number}" for number in range(1, 19)]
    assert "NOT met" in held["data/REQUIREMENTS.txt"].decode()


def test_it_is_signed_where_a_key_is_configured(pdf: bytes, tmp_path: Path, settings: Any) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Safety desk")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    settings.PDF_KEY = str(tmp_path / "key.p12")
    settings.PDF_KEY_PASSPHRASE = "open"
    Path(settings.PDF_KEY).write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"desk", key, certificate, None, BestAvailableEncryption(b"open")
        )
    )
    signed = pdf_signed(pdf)
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    signature.compute_integrity_info()
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    settings.PDF_KEY_PASSPHRASE = "wrong"
    assert pdf_signed(pdf) == pdf


def test_without_a_key_it_stays_as_it_is(settings: Any) -> None:
    settings.PDF_KEY = ""
    assert pdf_signed(b"%PDF-x") == b"%PDF-x"
