"""Signing one work: looked at before, built in the child, judged again before it is kept."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from foundation import child
from provenance import contradictions, verify
from provenance.api import CredentialRecord
from provenance.signing import agreeing, declaring, profile
from provenance.signing.answering import Answers
from provenance.signing.api import Identity, Kind, SignedWork, Work
from provenance.signing.errors import (
    NotValidAfterSigning,
    OutputRefused,
    PassphraseWrong,
    SettingInvalid,
    StatementContradicts,
)
from provenance.signing.keys import KeyHolder
from provenance.signing.keystore import Keystore
from provenance.signing.marking import Mark, put_in
from provenance.signing.token import PIN, Place, TokenKey
from provenance.soft_binding import Binding

_TARGET = "provenance.signing.building:make"
_BASE_MEMORY = 3 * 2**30


@dataclass(frozen=True, kw_only=True)
class Signer:
    """An identity that is ready, its chain and whoever holds its key."""

    identity: Identity
    chain: tuple[x509.Certificate, ...]
    key: KeyHolder


def signer(
    store: Keystore, name: str, *, key: KeyHolder | None = None, pin: str | None = None
) -> Signer:
    """The signer of an identity. ``pin`` opens the token that holds its key; ``key`` stands for a
    key that lies elsewhere, such as in a key service.

    Raises IdentityUnknown, IdentityNotReady, CertificateUnfit, PassphraseWrong, TokenUnusable,
    IdentityDamaged.
    """
    identity, chain = store.ready(name)
    if key is None and identity.kind is Kind.PKCS11:
        key = _token_key(identity, pin)
        profile.must_fit(chain, public=key.public)
    return Signer(identity=identity, chain=chain, key=key or store.open_key(name))


def _token_key(identity: Identity, pin: str | None) -> TokenKey:
    if pin is None or identity.token is None:
        raise PassphraseWrong(
            f"The key of the identity {identity.name} lies in a token, which opens with its PIN. "
            f"Set {PIN} or type it when asked."
        )
    return TokenKey(Place.from_dict(identity.token), pin=pin)


def sign(
    path: Path,
    out: Path,
    *,
    signer: Signer,
    work: Work | None = None,
    sidecar: bool = False,
    mark: Mark | None = None,
    time_stamp_url: str | None = None,
    overwrite: bool = False,
) -> SignedWork:
    """Sign ``path`` and leave the signed work at ``out``, or nothing at all.

    With ``sidecar`` the content is copied unchanged and the credentials lie beside it (the same
    name with ``.c2pa``). ``mark`` puts a watermark into the content first, which leads back to the
    credentials when these were stripped. A file with credentials becomes its own parent. The
    authority at ``time_stamp_url`` is asked by this process; never take that address from a file
    or a visitor.

    Raises FormatNotSigned, HistoryBroken, StatementContradicts, OutputRefused,
    NotValidAfterSigning, SettingInvalid, SigningRefused, TimeStampFailed, FileUnreadable, the
    refusals of watermarks and those of the child.
    """
    declared = declaring.checked(work or Work())
    if sidecar and mark is not None:
        raise SettingInvalid("A watermark changes the content, a sidecar leaves it: choose one.")
    agreeing.must_be_free(path, out, overwrite=overwrite)
    looked = agreeing.look(path, declared)
    agreeing.must_be_named(path, out, str(looked.record.media_type))
    beside = out.with_suffix(".c2pa") if sidecar else None
    if beside is not None:
        agreeing.must_be_free(path, beside, overwrite=overwrite)
    order = Order(
        path=path, out=out, beside=beside, work=declared, looked=looked, signer=signer,
        time_stamp_url=time_stamp_url,
    )  # fmt: skip
    with _unfinished(out) as temporary, _unfinished(out) as side, _unfinished(out) as marked:
        if mark is not None:
            order = order.with_mark(mark, marked)
        manifest = order.build(temporary)
        if beside is not None:
            side.write_bytes(manifest)
        record = verify.read(temporary, sidecar=side if beside else None)
        order.must_be_valid(record)
        if beside is not None:
            side.replace(beside)
        temporary.replace(out)
    return order.done(record, manifest)


@contextmanager
def _unfinished(final: Path) -> Iterator[Path]:
    """A name beside the final one; whatever lies there at the end is removed."""
    path = final.with_name(f".{final.name[:120]}.{secrets.token_hex(6)}.part")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything that is known before the key is used."""

    path: Path
    out: Path
    beside: Path | None
    work: Work
    looked: agreeing.Looked
    signer: Signer
    time_stamp_url: str | None
    bindings: tuple[Binding, ...] = ()
    marked: Path | None = None
    """The file with the watermark, when one was put in: it is signed instead of ``path``."""

    def with_mark(self, mark: Mark, temporary: Path) -> Order:
        """The same order on a copy with the watermark inside."""
        binding = put_in(self.path, temporary, mark, media_type=str(self.looked.record.media_type))
        return replace(self, marked=temporary, bindings=(binding,))

    @property
    def title(self) -> str:
        return self.work.title or self.out.name

    def build(self, target: Path) -> bytes:
        """Write the signed file to ``target``; the manifest store."""
        identity, parent = self.signer.identity, self.looked.parent
        source = self.marked or self.path
        payload: dict[str, Any] = {
            "path": str(source.absolute()),
            "media_type": self.looked.record.media_type,
            "parent": {
                "path": str(parent.path.absolute()),
                "media_type": parent.record.media_type,
                "title": parent.path.name,
            }
            if parent
            else None,
            "definition": declaring.definition(
                self.work,
                title=self.title,
                media_type=str(self.looked.record.media_type),
                edit=parent is not None,
                bindings=self.bindings,
            ),
            "algorithm": identity.algorithm,
            "chain": identity.chain_pem,
            "sidecar": self.beside is not None,
            "stamp": self.time_stamp_url is not None,
        }
        answers = Answers(
            self.signer.key,
            self.signer.chain[0],
            title=self.title,
            time_stamp_url=self.time_stamp_url,
        )
        limits = child.Limits(
            memory_bytes=_BASE_MEMORY + 4 * source.stat().st_size,
            cpu_seconds=300,
            wall_seconds=400,
        )
        try:
            with target.open("xb") as file:
                made = child.call(
                    _TARGET,
                    payload,
                    limits=limits,
                    on_event=lambda event: _keep(file, event),
                    answer=answers,
                )
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputRefused(f"{self.out} cannot be written: {error.strerror}.") from error
        return bytes(made["manifest"])

    def must_be_valid(self, record: CredentialRecord) -> None:
        """Raise NotValidAfterSigning or StatementContradicts for what must not be left behind."""
        ours = self.signer.identity.sha256
        wrong = next((text for text, bad in self._doubts(record, ours) if bad), None)
        if wrong is not None:
            raise NotValidAfterSigning(
                f"The signed file does not pass our own check ({wrong}), so it was not kept. "
                f"{record.sentence}"
            )
        told = self.looked.metadata.to_dict()
        known = {one.kind for one in contradictions.find(self.looked.record.to_dict(), told)}
        for one in contradictions.find(record.to_dict(), told):
            if one.weight == contradictions.STRONG and one.kind not in known:
                raise StatementContradicts(
                    f"The signed work would contradict itself, so it was not kept. {one.sentence}"
                )

    def _doubts(self, record: CredentialRecord, ours: str | None) -> Iterator[tuple[str, bool]]:
        root = (record.tree or {}).get("root") or {}
        parents = [i for i in root.get("ingredients") or () if i["relationship"] == "parentOf"]
        yield "it is not valid", record.verdict not in {"valid", "trusted"}
        yield (
            "its credentials are not where they belong",
            record.credentials != ("sidecar" if self.beside else "embedded"),
        )
        held = record.certificates[0]["sha256"] if record.certificates else None
        yield "another certificate signed it", held != ours
        yield "its title is another one", root.get("title") is None
        if self.looked.parent is not None:
            yield "its parent is missing", len(parents) != 1
            signed = bool(parents) and parents[0]["kind"] == "manifest"
            yield "its history was lost", signed != self.looked.parent.signed
        if self.time_stamp_url:
            yield "it has no time-stamp", record.time_stamp is None

    def done(self, record: CredentialRecord, manifest: bytes) -> SignedWork:
        """What is told of the work that was kept."""
        identity, parent = self.signer.identity, self.looked.parent
        root = (record.tree or {})["root"]
        return SignedWork(
            path=self.out,
            sha256=record.sha256,
            size=record.bytes,
            media_type=str(record.media_type),
            source_sha256=self.looked.record.sha256,
            manifest=manifest,
            manifest_id=root["id"],
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            sidecar=self.beside,
            identity=identity.name,
            certificate_sha256=str(identity.sha256),
            development=identity.development,
            signed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            title=self.title,
            actions=[entry["action"] for entry in root["actions"]],
            ai=str(self.work.ai) if self.work.ai else None,
            do_not_train=self.work.do_not_train,
            parent={
                "sha256": parent.record.sha256,
                "title": parent.path.name,
                "verdict": parent.record.verdict,
            }
            if parent
            else None,
            time_stamp=record.time_stamp["time"] if record.time_stamp else None,
            soft_bindings=[
                {"alg": one.algorithm, "value": one.value.hex()} for one in self.bindings
            ],
            verdict=record.verdict,
            sentence=_sentence(self.signer.identity, record),
            notes=_notes(self.looked, record),
            record=record.to_dict(),
        )


def _keep(file: Any, event: dict[str, Any]) -> None:
    file.write(event["part"])


def _sentence(identity: Identity, record: CredentialRecord) -> str:
    who = identity.subject.get("name") or identity.name
    if identity.development:
        return (
            f"Signed for trial as {who}: the development identity {identity.name} is not trusted "
            "by anybody, so the work reads valid and never trusted."
        )
    if record.verdict == "trusted":
        return f"Signed as {who}; the signature is trusted under {', '.join(record.trusted_by)}."
    return (
        f"Signed as {who}; the signature is valid. None of the trust lists used here holds the "
        "authority of its certificate."
    )


def _notes(looked: agreeing.Looked, record: CredentialRecord) -> list[str]:
    found = []
    if looked.parent and looked.parent.record.sha256 == looked.record.sha256:
        found.append(
            "Its earlier credentials are kept as its parent."
            if looked.parent.signed
            else "The file was taken as it was found; nothing is said of how it was made."
        )
    if record.time_stamp and record.time_stamp["trusted"] is not True:
        found.append(record.time_stamp["sentence"])
    return found
