"""Signers, signed files and reading for the tests of provenance, all made on the spot."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from PIL import Image

from foundation import child

EMAIL = "1.3.6.1.5.5.7.3.4"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


@pytest.fixture(scope="session", autouse=True)
def _children() -> Iterator[None]:
    yield
    child.shutdown()


@pytest.fixture(autouse=True)
def no_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of its own, no mirror and no own lists: what a test needs it asks for."""
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    monkeypatch.delenv("PROBITY_TRUST_DIR", raising=False)


@pytest.fixture
def public_lists(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public trust lists, taken from the folder of reference data."""
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))


@dataclass(frozen=True)
class Identity:
    """A leaf with its key and the authority above it."""

    key: ec.EllipticCurvePrivateKey
    leaf: x509.Certificate
    root: x509.Certificate

    @property
    def chain_pem(self) -> bytes:
        return self.leaf.public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def leaf_pem(self) -> bytes:
        return self.leaf.public_bytes(Encoding.PEM)

    def signer(self, stamp_url: str | None = None) -> c2pa.Signer:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        url = stamp_url.encode() if stamp_url else None
        return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", self.chain_pem, key, url))


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )


def make_identity(
    *,
    common: str = "Newsroom Signer",
    organisation: str = "Example Newsroom",
    ekus: Sequence[str] = (EMAIL,),
    not_after: dt.datetime | None = None,
    root_ekus: Sequence[str] = (),
) -> Identity:
    now = dt.datetime.now(dt.UTC)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name(f"{organisation} Root", organisation)
    usage = {
        "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
        "key_agreement": False, "encipher_only": False, "decipher_only": False,
    }  # fmt: skip

    def certificate(
        subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=30))
            .not_valid_after((None if ca else not_after) or now + dt.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage),
                critical=True,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
                critical=False,
            )
        )

    def purposes(oids: Sequence[str]) -> x509.ExtendedKeyUsage:
        return x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in oids])

    root_builder = certificate(root_name, root_key, ca=True)
    if root_ekus:
        root_builder = root_builder.add_extension(purposes(root_ekus), critical=False)
    root = root_builder.sign(root_key, hashes.SHA256())
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        certificate(_name(common, organisation), key, ca=False)
        .add_extension(purposes(ekus), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return Identity(key, leaf, root)


@pytest.fixture
def identity() -> Callable[..., Identity]:
    """Makes signing identities; see ``make_identity``."""
    return make_identity


@pytest.fixture(scope="session")
def newsroom() -> Identity:
    """One good signing identity."""
    return make_identity()


@pytest.fixture
def own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes an own trust list: own_list(name, anchors=…, tsa=…, allowed=…, about=…) -> folder."""
    folder = tmp_path / "trust"

    def write(
        name: str,
        anchors: bytes,
        *,
        tsa: bytes | None = None,
        allowed: bytes | None = None,
        about: str | None = None,
    ) -> Path:
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.pem").write_bytes(anchors)
        for part, text in (("tsa", tsa), ("allowed", allowed)):
            if text is not None:
                (folder / f"{name}.{part}.pem").write_bytes(text)
        if about is not None:
            (folder / f"{name}.yaml").write_text(about, encoding="utf-8")
        monkeypatch.setenv("PROBITY_TRUST_DIR", str(folder))
        return folder

    return write


def picture_bytes(*, colour: tuple[int, int, int] = (90, 120, 160), form: str = "JPEG") -> bytes:
    image = Image.new("RGB", (96, 64), colour)
    for x in range(0, 96, 4):
        image.putpixel((x, (x * 7) % 64), (255, x, 0))
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Makes a small picture: picture(colour=…, form="JPEG") -> bytes."""
    return picture_bytes


CREATED = {
    "label": "c2pa.actions.v2",
    "data": {
        "actions": [
            {
                "action": "c2pa.created",
                "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
            }
        ]
    },
}


def sign_bytes(
    data: bytes,
    who: Identity,
    *,
    title: str = "Picture",
    generator: str = "Probity tests",
    assertions: list[dict[str, Any]] | None = None,
    parent: bytes | None = None,
    remote: str | None = None,
    sidecar: bool = False,
    mime: str = "image/jpeg",
    stamp_url: str | None = None,
) -> tuple[bytes, bytes]:
    """The signed file and its manifest store; ``stamp_url`` is a time-stamp authority's."""
    definition: dict[str, Any] = {
        "title": title,
        "format": mime,
        "claim_generator_info": [{"name": generator, "version": "1"}],
        "assertions": [] if parent is not None else (assertions or [CREATED]),
    }
    settings = {
        "verify": {"verify_after_sign": False, "remote_manifest_fetch": False},
        "trust": {"trust_config": f"{EMAIL}\n{TIME_STAMPING}"},
        "core": {"allowed_network_hosts": [urlsplit(stamp_url).netloc] if stamp_url else []},
    }
    context = c2pa.Context.from_dict(settings)
    with who.signer(stamp_url) as signer, c2pa.Builder(definition, context=context) as builder:
        if parent is not None:
            builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
            builder.add_ingredient(
                json.dumps({"title": "Parent", "relationship": "parentOf"}),
                mime,
                io.BytesIO(parent),
            )
        if remote:
            builder.set_remote_url(remote)
        if remote or sidecar:
            builder.set_no_embed()
        target = io.BytesIO()
        store = builder.sign(signer, mime, io.BytesIO(data), target)
    return target.getvalue(), bytes(store)


@pytest.fixture
def sign() -> Callable[..., tuple[bytes, bytes]]:
    """Signs bytes; see ``sign_bytes``."""
    return sign_bytes


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Writes bytes into a file of the test's folder."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
