"""Keys in a token: SoftHSM 2, in a folder of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509

from provenance import verify
from provenance.identity_cli import identity
from provenance.signing import Keystore, Kind, Subject, sign, signer
from provenance.signing.errors import (
    CertificateUnfit,
    PassphraseWrong,
    SettingInvalid,
    TokenUnusable,
)
from provenance.signing.token import Place, TokenKey, make_key, request_key
from provenance.signing_cli import sign as command

PIN = "1234"
_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The module of a fresh token named `desk`; the whole module is set up once, because SoftHSM
    reads its configuration once in a process."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: pip install .[hsm].")
    found = next((path for path in _MODULES if Path(path).is_file()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM 2 is not installed: apt-get install softhsm2.")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\n"
        "objectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "desk", "--pin", PIN,
             "--so-pin", "5678"],
            check=True, capture_output=True,
        )  # fmt: skip
        yield found


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "PS256"])
def test_a_work_signed_in_the_token(
    algorithm: str, module: str, authority: Any, jpeg: Path, tmp_path: Path,
    own_list: Callable[..., Path],
) -> None:  # fmt: skip
    place = Place(module=module, token="desk", key=f"key-{algorithm}")
    make_key(place, pin=PIN, algorithm=algorithm)
    key = TokenKey(place, pin=PIN)
    assert key.algorithm == algorithm
    store = Keystore(tmp_path / "identities")
    made = store.enrol(
        "hsm", Subject(name="Desk"), key=request_key(key), algorithm=algorithm,
        token=place.to_dict(),
    )  # fmt: skip
    assert (made.kind, made.key_opens_with) == (Kind.PKCS11, "token")
    assert not (store.folder / "hsm" / "key.json").exists()
    assert x509.load_pem_x509_csr(store.csr("hsm")).is_signature_valid
    store.import_chain("hsm", authority.certify(store.csr("hsm")))
    own_list("newsroom", authority.pem)
    done = sign(jpeg, tmp_path / "out.jpg", signer=signer(store, "hsm", pin=PIN))
    assert done.verdict == "trusted"


def test_the_key_cannot_be_taken_out(module: str) -> None:
    import pkcs11
    from pkcs11 import Attribute, ObjectClass

    place = Place(module=module, token="desk", key="kept")
    make_key(place, pin=PIN, algorithm="ES256")
    with pkcs11.lib(module).get_token(token_label="desk").open(user_pin=PIN) as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label="kept")
        assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
    inside = request_key(TokenKey(place, pin=PIN))
    for attempt in (inside.private_numbers, inside.private_bytes):
        with pytest.raises(TokenUnusable, match="cannot be taken out"):
            attempt()


def test_what_is_wrong_with_a_token_is_said(module: str, tmp_path: Path, authority: Any) -> None:
    place = Place(module=module, token="desk", key="one")
    make_key(place, pin=PIN, algorithm="ES256")
    for where, pin, words in (
        (place, "9999", "PIN does not open"),
        (Place(module=module, token="other", key="one"), PIN, "shows no token"),
        (Place(module=module, token="desk", key="none"), PIN, "holds no key"),
        (Place(module="/nowhere.so", token="desk", key="one"), PIN, "no PKCS#11 module"),
        (Place(module=__file__, token="desk", key="one"), PIN, "cannot be loaded|refused"),
    ):
        with pytest.raises(TokenUnusable, match=words):
            TokenKey(where, pin=pin)
    with pytest.raises(TokenUnusable, match="already"):
        make_key(place, pin=PIN, algorithm="ES256")
    with pytest.raises(SettingInvalid):
        make_key(place, pin=PIN, algorithm="Ed25519")
    store = Keystore(tmp_path / "identities")
    key = request_key(TokenKey(place, pin=PIN))
    store.enrol("hsm", Subject(name="x"), key=key, algorithm="ES256", token=place.to_dict())
    store.import_chain("hsm", authority.certify(store.csr("hsm")))
    with pytest.raises(PassphraseWrong, match="opens with its PIN"):
        signer(store, "hsm")


def test_a_token_whose_key_was_replaced(module: str, tmp_path: Path, authority: Any) -> None:
    first, second = (Place(module=module, token="desk", key=name) for name in ("old", "new"))
    for place in (first, second):
        make_key(place, pin=PIN, algorithm="ES256")
    store = Keystore(tmp_path / "identities")
    key = request_key(TokenKey(first, pin=PIN))
    store.enrol("hsm", Subject(name="x"), key=key, algorithm="ES256", token=second.to_dict())
    store.import_chain("hsm", authority.certify(store.csr("hsm")))
    with pytest.raises(CertificateUnfit, match="another key"):
        signer(store, "hsm", pin=PIN)


def test_by_the_commands(
    module: str, authority: Any, jpeg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_PKCS11_PIN", PIN)
    run = CliRunner()
    made = run.invoke(
        identity, ["create", "desk", "--token", "desk", "--module", module, "--key-label", "cli"]
    )
    assert made.exit_code == 0, made.output
    request = tmp_path / "desk.csr"
    assert run.invoke(identity, ["csr", "desk", "-o", str(request)]).exit_code == 0
    chain = tmp_path / "chain.pem"
    chain.write_bytes(authority.certify(request.read_bytes()))
    assert run.invoke(identity, ["import", "desk", str(chain)]).exit_code == 0
    out = tmp_path / "out.jpg"
    done = run.invoke(command, [str(jpeg), "-o", str(out), "--identity", "desk"])
    assert done.exit_code == 0, done.output
    assert verify.read(out).verdict == "valid"
    again = run.invoke(
        identity,
        ["create", "second", "--token", "desk", "--module", module, "--key-label", "cli",
         "--existing"],
    )  # fmt: skip
    assert again.exit_code == 0, again.output
    gone = run.invoke(identity, ["revoke", "desk", "--yes"])
    assert "still in the token" in gone.output
