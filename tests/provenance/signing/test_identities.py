"""Identities: made, certified, opened, revoked; nothing in the clear, nothing that does not fit."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from foundation.errors import Refusal
from provenance import purposes, verify
from provenance.signing import Identity, Keystore, Kind, State, Subject, Work, sign, signer
from provenance.signing.errors import (
    CertificateUnfit,
    IdentityDamaged,
    IdentityExists,
    IdentityNameInvalid,
    IdentityNotReady,
    IdentityUnknown,
    PassphraseWrong,
    SettingInvalid,
)
from provenance.signing.keys import ALGORITHMS, SoftKey, generate, to_pkcs8

WHO = Subject(name="Grace Hopper", organisation="Example Newsroom", country="DE")


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "identities")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_from_request_to_a_signed_work(
    algorithm: str, store: Keystore, authority: Any, jpeg: Path, tmp_path: Path,
    own_list: Callable[..., Path],
) -> None:  # fmt: skip
    made = store.create("desk", WHO, algorithm=algorithm)
    assert (made.kind, made.state, made.algorithm) == (Kind.OWN, State.WAITING, algorithm)
    request = x509.load_pem_x509_csr(store.csr("desk"))
    assert "Grace Hopper" in request.subject.rfc4514_string()
    with pytest.raises(IdentityNotReady, match="no certificate yet"):
        signer(store, "desk")
    ready = store.import_chain("desk", authority.certify(store.csr("desk")))
    assert (ready.state, ready.issuer) == (State.READY, "Test Authority")
    own_list("newsroom", authority.pem)
    done = sign(jpeg, tmp_path / "out.jpg", signer=signer(store, "desk"), work=Work())
    assert (done.verdict, done.development) == ("trusted", False)
    assert "trusted under newsroom" in done.sentence
    assert done.certificate_sha256 == ready.sha256
    assert store.export_chain("desk").startswith(b"-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signatures_are_in_the_form_of_cose(algorithm: str) -> None:
    key = generate(algorithm)
    held = SoftKey(key)
    signature, public = held.sign(b"claim"), key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        half = {"ES256": 32, "ES384": 48}[algorithm]
        assert len(signature) == 2 * half
        numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        digest = hashes.SHA256() if algorithm == "ES256" else hashes.SHA384()
        public.verify(utils.encode_dss_signature(*numbers), b"claim", ec.ECDSA(digest))
    elif isinstance(public, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        public.verify(signature, b"claim", pss, hashes.SHA256())
    else:
        assert isinstance(public, ed25519.Ed25519PublicKey)
        public.verify(signature, b"claim")


def test_a_development_identity_is_marked_and_never_trusted(
    trial_store: Keystore, jpeg: Path, tmp_path: Path
) -> None:
    done = sign(jpeg, tmp_path / "out.jpg", signer=signer(trial_store, "trial"))
    assert (done.verdict, done.development, done.to_dict()["development"]) == ("valid", True, True)
    assert "never trusted" in done.sentence
    record = verify.read(done.path)
    assert record.signer is not None
    assert record.signer["organisation"] == "Probity development, not trusted"
    assert record.signer["shown_as_identity"] is False


def test_nothing_lies_in_the_clear(store: Keystore) -> None:
    sealed = Keystore(store.folder, passphrase="correct horse battery")
    made = sealed.create("desk", WHO)
    store.create("server", WHO)
    key = sealed.open_key("desk")
    secret = to_pkcs8(key._key)  # type: ignore[attr-defined]
    scalar = secret[36:68]
    for path in store.folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600)
        if path.is_file():
            assert scalar not in path.read_bytes()
            assert b"PRIVATE KEY" not in path.read_bytes()
    assert "key.json" not in json.dumps(made.to_dict())
    assert (made.key_opens_with, store.get("server").key_opens_with) == ("passphrase", "file")


def test_only_the_right_passphrase_opens_a_key(store: Keystore) -> None:
    Keystore(store.folder, passphrase="correct horse battery").create("desk", WHO)
    with pytest.raises(PassphraseWrong, match="does not open"):
        Keystore(store.folder, passphrase="wrong horse battery").open_key("desk")
    with pytest.raises(PassphraseWrong, match="opens with a passphrase"):
        store.open_key("desk")
    with pytest.raises(PassphraseWrong, match="at least 8"):
        Keystore(store.folder, passphrase="short").create("other", WHO)
    assert [found.name for found in store.list()] == ["desk"]


def test_a_sealed_key_belongs_to_its_identity(store: Keystore) -> None:
    store.create("one", WHO)
    store.create("two", WHO)
    (store.folder / "two" / "key.json").write_bytes(
        (store.folder / "one" / "key.json").read_bytes()
    )
    with pytest.raises(PassphraseWrong):
        store.open_key("two")


def test_a_secret_that_others_can_read_opens_nothing(store: Keystore) -> None:
    store.create("one", WHO)
    (store.folder / "secret").chmod(0o644)
    with pytest.raises(IdentityDamaged, match="other accounts"):
        store.open_key("one")


def test_damage_is_said(store: Keystore) -> None:
    store.create("one", WHO)
    (store.folder / "one" / "key.json").write_text('{"version": 1}')
    with pytest.raises(IdentityDamaged):
        store.open_key("one")
    (store.folder / "one" / "identity.json").write_text("{")
    with pytest.raises(IdentityDamaged, match="damaged"):
        store.get("one")


def test_names(store: Keystore) -> None:
    store.create("one", WHO)
    with pytest.raises(IdentityExists):
        store.create("one", WHO)
    with pytest.raises(IdentityUnknown):
        store.get("two")
    for bad in ("../x", "", "A", "a b", "-a", "x" * 41):
        with pytest.raises(IdentityNameInvalid):
            store.create(bad, WHO)
    for subject in (Subject(name=""), Subject(name="x" * 65), Subject(name="x", country="DEU")):
        with pytest.raises(IdentityNameInvalid):
            store.create("two", subject)
    with pytest.raises(SettingInvalid):
        store.create("two", WHO, algorithm="RS256")
    assert [found.name for found in store.list()] == ["one"]


def test_revoked_is_for_good(trial_store: Keystore, tmp_path: Path) -> None:
    store = Keystore(tmp_path / "other")
    store.create("gone", WHO, for_development=True)
    made = store.revoke("gone", why="laptop lost")
    assert (made.state, made.revoked_why) == (State.REVOKED, "laptop lost")
    assert not (store.folder / "gone" / "key.json").exists()
    for attempt in (store.ready, store.open_key):
        with pytest.raises(IdentityNotReady, match="laptop lost"):
            attempt("gone")
    with pytest.raises(IdentityNotReady):
        store.import_chain("gone", trial_store.export_chain("trial"))
    assert store.revoke("gone", why="again").revoked_why == "laptop lost"


def test_an_identity_crosses_as_plain_data(trial_store: Keystore) -> None:
    made = trial_store.get("trial")
    assert Identity.from_dict(json.loads(json.dumps(made.to_dict()))) == made


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "no purpose": ({"ekus": None}, "names no purpose"),
    "any purpose": ({"ekus": ["2.5.29.37.0"]}, "another purpose"),
    "code signing": ({"ekus": ["1.3.6.1.5.5.7.3.3"]}, "another purpose"),
    "TLS server": ({"ekus": [purposes.EMAIL_PROTECTION, "1.3.6.1.5.5.7.3.1"]}, "another purpose"),
    "time-stamps only": ({"ekus": [purposes.TIME_STAMPING]}, "another purpose"),
    "time-stamps too": (
        {"ekus": [purposes.EMAIL_PROTECTION, purposes.TIME_STAMPING]}, "also made for time-stamps",
    ),
    "authority not named": ({"named": False}, "authority's key"),
    "expired": ({"past": 40, "days": -10}, "expired on"),
    "not yet": ({"past": -5}, "not valid before"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_certificates_that_readers_would_refuse(case: str, store: Keystore, authority: Any) -> None:
    options, words = UNFIT[case]
    store.create("desk", WHO)
    with pytest.raises(CertificateUnfit, match=words):
        store.import_chain("desk", authority.certify(store.csr("desk"), **options))
    assert store.get("desk").state is State.WAITING


def test_key_usage_and_keys_that_do_not_fit(store: Keystore, authority: Any) -> None:
    store.create("desk", WHO)
    request = store.csr("desk")
    silent = x509.KeyUsage(
        digital_signature=False, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    stranger = generate("ES256").public_key()
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    for chain, words in (
        (authority.certify(request, usage=silent), "digital signatures"),
        (authority.certify(request, public=stranger), "another key"),
        (authority.certify(request, public=small), "another key"),
        (authority.pem, "exactly one certificate of a signer"),
        (b"nothing", "no whole PEM"),
        (authority.certify(request) + authority.certify(request), "it holds 2"),
    ):
        with pytest.raises(CertificateUnfit, match=words):
            store.import_chain("desk", chain)


def test_a_chain_of_strangers_and_one_out_of_order(store: Keystore, authority: Any) -> None:
    store.create("desk", WHO)
    leaf = authority.certify(store.csr("desk"), with_root=False)
    with pytest.raises(CertificateUnfit, match="do not belong together"):
        store.import_chain("desk", leaf + type(authority)().pem)
    assert store.import_chain("desk", authority.pem + leaf).state is State.READY
    assert store.import_chain("desk", leaf).state is State.READY


def test_an_identity_that_expires_signs_no_more(
    store: Keystore, authority: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create("desk", WHO)
    store.import_chain("desk", authority.certify(store.csr("desk"), days=1))
    place = store.folder / "desk" / "identity.json"
    told = json.loads(place.read_bytes())
    old = authority.certify(store.csr("desk"), past=40, days=-10)
    told.update(chain_pem=old.decode(), not_after="2020-01-01T00:00:00+00:00")
    place.write_text(json.dumps(told))
    assert store.get("desk").state is State.EXPIRED
    with pytest.raises(CertificateUnfit, match="expired on"):
        signer(store, "desk")


def test_refusals_are_sentences() -> None:
    assert issubclass(CertificateUnfit, Refusal)
    assert IdentityUnknown.status == 404
