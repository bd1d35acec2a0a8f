"""The command `probity identity`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provenance.signing import Identity, Keystore, Signer

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_OUT = click.option(
    "-o", "--output", "out", type=click.Path(path_type=Path), metavar="F",
    help="Write to a file instead of standard output.",
)  # fmt: skip


@click.group()
def identity() -> None:
    """Signing identities: keys that stay here or in a token, and their certificates."""


@identity.command()
@click.argument("name")
@click.option("--subject", metavar="TEXT", help="Whom the certificate names (NAME).")
@click.option("--organisation", metavar="TEXT")
@click.option("--country", metavar="XX", help="Two letters, such as DE.")
@click.option(
    "--algorithm", default="ES256", show_default=True,
    type=click.Choice(["ES256", "ES384", "PS256", "Ed25519"]),
)  # fmt: skip
@click.option(
    "--development", is_flag=True,
    help="For trials: ready at once, marked as not trusted in every work.",
)  # fmt: skip
@click.option(
    "--unattended", is_flag=True,
    help="No passphrase: the key opens with a secret file beside it, for a server that signs.",
)  # fmt: skip
@click.option("--token", metavar="LABEL", help="Keep the key in this PKCS#11 token (HSM).")
@click.option(
    "--module", type=click.Path(path_type=Path), envvar="PROBITY_PKCS11_MODULE", metavar="F",
    help="The token's PKCS#11 module.",
)  # fmt: skip
@click.option("--key-label", metavar="LABEL", help="The key's label in the token (NAME).")
@click.option("--existing", is_flag=True, help="Use the key that is in the token already.")
@_JSON
def create(name: str, *, as_json: bool, **given: Any) -> None:
    """Make a key and the request for its certificate."""
    from foundation.terminal import emit_json, guarded, say

    if given["token"] and (given["development"] or given["unattended"]):
        raise click.UsageError("A token's key takes neither --development nor --unattended.")
    if given["token"] and given["module"] is None:
        raise click.UsageError("--token needs --module (or PROBITY_PKCS11_MODULE).")
    with guarded():
        made = _in_token(name, given) if given["token"] else _here(name, given)
        if as_json:
            emit_json(made.to_dict())
        elif made.development:
            say(
                f"The identity {name} is ready, for trials only: what it signs reads valid and is "
                "trusted by nobody."
            )
        else:
            say(
                f"The identity {name} has a key. Send its request to an authority: "
                f"probity identity csr {name}"
            )


def _here(name: str, given: dict[str, Any]) -> Identity:
    from provenance.signing import Keystore, passphrase_from_environment

    passphrase = passphrase_from_environment()
    if given["unattended"]:
        passphrase = None
    elif passphrase is None and not given["development"]:
        passphrase = click.prompt(
            "Passphrase for the new key", hide_input=True, confirmation_prompt=True, err=True
        )
    return Keystore(passphrase=passphrase).create(
        name,
        _subject(name, given),
        algorithm=given["algorithm"],
        for_development=given["development"],
    )


def _in_token(name: str, given: dict[str, Any]) -> Identity:
    from provenance.signing import Keystore
    from provenance.signing.token import Place, TokenKey, make_key, request_key

    place = Place(
        module=str(given["module"].absolute()), token=given["token"], key=given["key_label"] or name
    )
    pin = _pin(place.token)
    store = Keystore()
    store.must_be_free(name)
    if not given["existing"]:
        make_key(place, pin=pin, algorithm=given["algorithm"])
    key = TokenKey(place, pin=pin)
    return store.enrol(
        name,
        _subject(name, given),
        key=request_key(key),
        algorithm=key.algorithm,
        token=place.to_dict(),
    )


def _subject(name: str, given: dict[str, Any]) -> Any:
    from provenance.signing import Subject

    return Subject(
        name=given["subject"] or name,
        organisation=given["organisation"],
        country=given["country"],
    )


@identity.command()
@click.argument("name")
@_OUT
def csr(name: str, *, out: Path | None) -> None:
    """The request (PKCS#10, PEM) to send to an authority."""
    from foundation.terminal import guarded

    with guarded():
        _hand_out(_store().csr(name), out)


@identity.command(name="import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_JSON
def import_(name: str, *, file: Path, as_json: bool) -> None:
    """Take the authority's chain (PEM), if it fits the key and may sign."""
    from foundation.terminal import emit_json, guarded, say

    with guarded():
        made = _store().import_chain(name, file.read_bytes())
        if as_json:
            emit_json(made.to_dict())
            return
        until = str(made.not_after)[:10]
        say(f"{name} is certified by {made.issuer} until {until} and ready to sign.")


@identity.command(name="list")
@_JSON
def list_(*, as_json: bool) -> None:
    """All identities, and whether they can sign."""
    from foundation.terminal import emit_json, guarded, table

    with guarded():
        found = _store().list()
        if as_json:
            for one in found:
                emit_json(one.to_dict())
        elif found:
            rows = [
                (one.name, one.state, one.subject.get("name"), one.algorithm, _kind(one),
                 (one.not_after or "")[:10])
                for one in found
            ]  # fmt: skip
            table(("name", "state", "subject", "algorithm", "key", "until"), rows)


@identity.command()
@click.argument("name")
@_JSON
def show(name: str, *, as_json: bool) -> None:
    """One identity; no secret is shown."""
    from foundation.terminal import emit, emit_json, guarded

    with guarded():
        told = _store().get(name).to_dict()
        if as_json:
            emit_json(told)
            return
        for key, value in told.items():
            if value not in (None, "", {}) and key != "chain_pem":
                emit(f"{key}: {value}")


@identity.command()
@click.argument("name")
@click.option("--why", default="no reason given", metavar="TEXT")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
def revoke(name: str, *, why: str, yes: bool, as_json: bool) -> None:
    """Never sign with it again: its key is erased."""
    from foundation.terminal import emit_json, guarded, say

    with guarded():
        found = _store().get(name)
        if not yes:
            click.confirm(f"Erase the key of {name} for good?", abort=True, err=True)
        made = _store().revoke(name, why=why)
        if as_json:
            emit_json(made.to_dict())
            return
        say(f"{name} signs nothing any more.")
        if found.token:
            say(f"Its key is still in the token {found.token['token']}: delete it there.")
        if found.sha256 and not found.development:
            say(
                "What it signed stays valid for readers until its authority revokes the "
                "certificate: ask the authority to."
            )


@identity.command(name="export-chain")
@click.argument("name")
@_OUT
def export_chain(name: str, *, out: Path | None) -> None:
    """The certificates (PEM, leaf first), for readers and trust lists."""
    from foundation.terminal import guarded

    with guarded():
        _hand_out(_store().export_chain(name), out)


def opened(name: str) -> Signer:
    """The signer, with what opens its key taken from the environment or asked for."""
    from provenance.signing import Keystore, passphrase_from_environment, signer

    found = _store().get(name)
    passphrase = passphrase_from_environment()
    pin = None
    if found.key_opens_with == "token" and found.token:
        pin = _pin(found.token["token"])
    elif found.key_opens_with == "passphrase" and passphrase is None:
        passphrase = click.prompt(f"Passphrase of {name}", hide_input=True, err=True)
    return signer(Keystore(passphrase=passphrase), name, pin=pin)


def _pin(token: str) -> str:
    from provenance.signing.token import PIN

    given = os.environ.get(PIN)
    return given or str(click.prompt(f"PIN of the token {token}", hide_input=True, err=True))


def _store() -> Keystore:
    from provenance.signing import Keystore

    return Keystore()


def _kind(one: Identity) -> str:
    return {"development": "trial", "pkcs11": "token"}.get(str(one.kind), one.key_opens_with)


def _hand_out(pem: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(pem.decode("ascii"), nl=False)
    else:
        out.write_bytes(pem)
