"""Identities to sign with and works to sign, all made on the spot."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PIL import Image

from provenance import purposes
from provenance.signing import Keystore, Signer, Subject, signer


@pytest.fixture(scope="session")
def trial_store(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    """A keystore with the development identity `trial`."""
    store = Keystore(tmp_path_factory.mktemp("identities"))
    store.create("trial", Subject(name="Ada Lovelace"), for_development=True)
    return store


@pytest.fixture(scope="session")
def trial(trial_store: Keystore) -> Signer:
    """The signer of the development identity."""
    return signer(trial_store, "trial")


class Authority:
    """An authority that certifies requests, well or badly as a test asks."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._root()

    @property
    def pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def _root(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Authority")])
        return (
            self._begun(name, name, self._key.public_key(), days=100, past=60)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs=False, certifies=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @staticmethod
    def _begun(
        subject: x509.Name, issuer: x509.Name, public: Any, *, days: int, past: int
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=past))
            .not_valid_after(now + dt.timedelta(days=days))
        )

    def certify(
        self,
        request: bytes,
        *,
        ekus: Sequence[str] | None = (purposes.C2PA_CLAIM_SIGNING,),
        days: int = 30,
        past: int = 30,
        usage: x509.KeyUsage | None = None,
        named: bool = True,
        with_root: bool = True,
        public: Any = None,
    ) -> bytes:
        """A chain (PEM) for the request's key."""
        asked = x509.load_pem_x509_csr(request)
        assert asked.is_signature_valid
        builder = self._begun(
            asked.subject,
            self.root.subject,
            public or asked.public_key(),
            days=days,
            past=past,
        ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(usage or _usage(signs=True, certifies=False), critical=True)
        if ekus is not None:
            oids = [x509.ObjectIdentifier(oid) for oid in ekus]
            builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
        if named:
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        leaf = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        return leaf + (self.pem if with_root else b"")


def _usage(*, signs: bool, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=certifies, crl_sign=certifies,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Certifies requests; see ``Authority``."""
    return Authority()


def _picture(form: str, *, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    noise = np.random.default_rng(7).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).save(target, form, **options)
    return target.getvalue()


def _video(form: str) -> bytes:
    target, noise = io.BytesIO(), np.random.default_rng(7)
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(5):
            pixels = noise.integers(0, 255, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode())
    return target.getvalue()


def _sound(form: str, codec: str) -> bytes:
    target = io.BytesIO()
    wave = np.random.default_rng(7).integers(-9000, 9000, (1, 22050), dtype=np.int16)
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream(codec, rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate = 44100
        turn = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=44100)
        for piece in turn.resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return target.getvalue()


def _boxes(*named: tuple[bytes, bytes]) -> bytes:
    return b"".join((len(body) + 8).to_bytes(4, "big") + name + body for name, body in named)


def _jxl() -> bytes:
    body = random.Random(7).randbytes(900)
    lead = b"\0\0\0\x0cJXL \r\n\x87\n"
    return lead + _boxes((b"ftyp", b"jxl \0\0\0\0jxl "), (b"jxlc", b"\xff\x0a" + body))


def _heic() -> bytes:
    body = random.Random(7).randbytes(900)
    return _boxes((b"ftyp", b"heic\0\0\0\0mif1"), (b"meta", bytes(4)), (b"mdat", body))


def _svg() -> bytes:
    dots = "".join(f'<circle cx="{n}" cy="{n * 7 % 40}" r="1"/>' for n in range(40))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{dots}</svg>'.encode()


def _pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n"
        b"0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
        b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF\n"
    )


_MAKERS: dict[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: _picture("JPEG"),
    "image/png": lambda: _picture("PNG"),
    "image/webp": lambda: _picture("WEBP"),
    "image/tiff": lambda: _picture("TIFF"),
    "image/gif": lambda: _picture("GIF"),
    "image/avif": lambda: _picture("AVIF"),
    "image/x-adobe-dng": lambda: _picture("TIFF", tiffinfo={50706: b"\1\4\0\0"}),
    "image/heif": _heic,
    "image/jxl": _jxl,
    "image/svg+xml": _svg,
    "application/pdf": _pdf,
    "video/mp4": lambda: _video("mp4"),
    "video/quicktime": lambda: _video("mov"),
    "video/x-msvideo": lambda: _video("avi"),
    "audio/wav": lambda: _sound("wav", "pcm_s16le"),
    "audio/mpeg": lambda: _sound("mp3", "libmp3lame"),
    "audio/mp4": lambda: _sound("ipod", "aac"),
    "audio/flac": lambda: _sound("flac", "flac"),
}


@pytest.fixture(scope="session")
def make() -> Callable[[str], bytes]:
    """A small work of a media type: make("image/png") -> bytes. Pictures, video and sound are real;
    HEIC and JPEG XL, which nothing here encodes, are containers around noise."""
    made: dict[str, bytes] = {}

    def of(kind: str) -> bytes:
        if kind not in made:
            made[kind] = _MAKERS[kind]()
        return made[kind]

    return of


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    """A JPEG picture of noise, large enough for a thumbnail of more than one segment."""
    path = tmp_path / "picture.jpg"
    path.write_bytes(_picture("JPEG", size=(640, 480), quality=95))
    return path
