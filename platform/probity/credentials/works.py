"""Signing works: asked for by a creator, done by a worker, found again when stripped."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F, Q

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.watermark_key import mark_key, mark_keys
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound, Refusal
from probity.evidence.shelf import shelf_copy, shelf_delete, shelf_keep, shelf_open
from probity.evidence.uploads import ReceivedFile
from provenance import soft_binding
from provenance.signing import AI, Mark, SignedWork, State, sign
from provenance.signing import Work as Declaration
from provenance.signing.declaring import ACTIONS, SOURCES

from . import reading
from .chains import creator_chain
from .identities import identity_find, identity_signer, identity_told
from .models import SigningIdentity, Step, Work, WorkBinding

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=30)
MOST_ATTEMPTS = 2
MOST_FILES = 50
TITLE_MOST = 200


def declarable() -> tuple[list[str], list[str], list[str]]:
    """What a creator may name: actions, sources, uses of AI."""
    return list(ACTIONS), list(SOURCES), [str(use) for use in AI]


@dataclass(frozen=True)
class Declared:
    """What a creator says of the files: plain names of actions and source, use of AI."""

    actions: tuple[str, ...] = ()
    ai: str = ""
    source: str = ""
    do_not_train: bool = False
    author: str = ""
    mark: bool = False

    def __post_init__(self) -> None:
        wrong: dict[str, str] = {}
        if unknown := [name for name in self.actions if name not in ACTIONS]:
            wrong["actions"] = f"There is no action “{unknown[0]}”."
        if self.ai and self.ai not in set(AI):
            wrong["ai"] = f"Use of AI is one of {', '.join(AI)}, or nothing."
        if self.source and self.source not in SOURCES:
            wrong["source"] = f"There is no source “{self.source}”."
        if self.source and self.ai in {AI.GENERATED, AI.EDITED}:
            wrong["source"] = "Say how it was made either by its source or by its use of AI."
        if len(self.author) > TITLE_MOST or not (self.author or " ").isprintable():
            wrong["author"] = f"A name has at most {TITLE_MOST} printable characters."
        if wrong:
            raise InvalidInput.of(wrong)


@transaction.atomic
def works_ask(
    *, actor: Actor, identity_id: UUID, files: Sequence[ReceivedFile],
    parent: ReceivedFile | None, declared: Declared,
) -> list[Work]:  # fmt: skip
    """Have files signed; all are taken or none. A worker signs them one after another.

    Raises NotAllowed, NotFound, InvalidInput, Conflict when the identity cannot sign.
    """
    person = actor.require_person(Ability.WORKS_SIGN)
    identity = identity_find(actor=actor, identity_id=identity_id)
    _must_be_ready(identity)
    _must_fit(files, parent)
    batch, moment, made = uuid4(), now(), []
    for file in files:
        work = Work(
            person=person,
            identity=identity,
            batch=batch,
            name=reading.neutral(file.name or "") or "unnamed file",
            source_sha256=file.sha256,
            declared=asdict(declared),
            has_parent=parent is not None,
            asked_at=moment,
        )
        shelf_keep(file.path, name=work.place("source"))
        if parent is not None:
            shelf_keep(parent.path, name=work.place("parent"))
        work.save(force_insert=True)
        event_append(
            chain=creator_chain(person),
            name="work.asked",
            actor=actor.name,
            payload={
                "work": str(work.pk), "identity": str(identity.pk), "source": work.source_sha256,
            },
        )  # fmt: skip
        made.append(work)
    return made


def _must_be_ready(identity: SigningIdentity) -> None:
    state = identity_told(identity).state
    if state is not State.READY:
        name = identity.name
        sentences = {
            State.WAITING: f"The identity {name} waits for its certificate; "
            "import the authority's answer first.",
            State.EXPIRED: f"The identity {name} has a certificate that has expired; "
            "import a new one.",
            State.REVOKED: f"The identity {name} was revoked; choose or make another one.",
        }
        raise Conflict(sentences[state])


def _must_fit(files: Sequence[ReceivedFile], parent: ReceivedFile | None) -> None:
    wrong: dict[str, str] = {}
    if not files or not all(file.length for file in files):
        wrong["files"] = "Choose at least one file; an empty one cannot be signed."
    elif len(files) > MOST_FILES:
        wrong["files"] = f"At most {MOST_FILES} files can be signed at once; send the rest after."
    if parent is not None and len(files) != 1:
        wrong["parent"] = "A parent belongs to one work: sign works with different parents apart."
    if wrong:
        raise InvalidInput.of(wrong)


@transaction.atomic
def work_claim() -> Work | None:
    """Take the oldest work that waits, or one whose worker went silent."""
    lost = Q(step=Step.WORKING, lease_until__lt=now())
    rows = Work.objects.select_for_update(skip_locked=True, of=("self",)).order_by("asked_at")
    work = rows.filter(Q(step=Step.WAITING) | lost).first()
    if work is None:
        return None
    work.step, work.lease_until, work.attempts = Step.WORKING, now() + LEASE, F("attempts") + 1
    work.save(update_fields=["step", "lease_until", "attempts"])
    work.refresh_from_db()
    return work


def work_perform(work: Work) -> None:
    """Sign a claimed work, or write down in one sentence why that cannot be."""
    with tempfile.TemporaryDirectory(prefix="sign-", dir=settings.INCOMING) as folder:
        out = Path(folder) / f"signed{_suffix(work.name)}"
        try:
            if work.attempts > MOST_ATTEMPTS:
                raise Refusal("The worker stopped twice while it signed this file.")
            done = _sign(work, out)
            bindings = soft_binding.bindings(out, keys=mark_keys())
        except Refusal as refusal:
            work_refuse(work=work, code=refusal.code, sentence=refusal.sentence)
            return
        except Exception:
            logger.exception("Signing the work %s failed.", work.pk)
            work_refuse(
                work=work, code="crashed", sentence="Signing broke off on our side. Try again."
            )
            return
        work_sign(work=work, done=done, bindings=bindings)


def _sign(work: Work, out: Path) -> SignedWork:
    told = work.declared
    who = identity_signer(work.identity)
    with shelf_copy(work.place("source")) as source:
        declaration = Declaration(
            actions=tuple(told["actions"]),
            ai=AI(told["ai"]) if told["ai"] else None,
            source=told["source"] or None,
            do_not_train=bool(told["do_not_train"]),
            title=work.name,
            author=told["author"] or None,
        )
        mark = Mark(key=mark_key()) if told["mark"] else None
        url = settings.SIGNING_TIME_STAMP_URL or None
        if not work.has_parent:
            return sign(source, out, signer=who, work=declaration, mark=mark, time_stamp_url=url)
        with shelf_copy(work.place("parent")) as parent:
            declaration = Declaration(**{**vars(declaration), "parent": parent})
            return sign(source, out, signer=who, work=declaration, mark=mark, time_stamp_url=url)


@transaction.atomic
def work_sign(*, work: Work, done: SignedWork, bindings: Sequence[soft_binding.Binding]) -> Work:
    """Keep a signed file, its manifest, and what it can be found by."""
    row = Work.objects.select_for_update().get(pk=work.pk)
    if row.step != Step.WORKING or row.attempts != work.attempts:
        return row
    row.step, row.lease_until, row.ended_at = Step.DONE, None, now()
    row.sha256, row.bytes, row.media_type = done.sha256, done.size, done.media_type
    row.manifest, row.manifest_id = done.manifest, done.manifest_id
    row.manifest_sha256 = done.manifest_sha256
    row.outcome = {key: value for key, value in done.to_dict().items() if key not in UNTOLD}
    row.record = done.record
    shelf_keep(done.path, name=row.place("signed"))
    row.save()
    WorkBinding.objects.bulk_create(
        WorkBinding(work=row, algorithm=one.algorithm, value=one.value) for one in bindings
    )
    event_append(
        chain=creator_chain(row.person),
        name="work.signed",
        actor="system",
        payload={
            "work": str(row.pk), "identity": str(row.identity_id),
            "certificate": done.certificate_sha256, "sha256": row.sha256,
            "manifest": row.manifest_sha256, "development": done.development,
        },
    )  # fmt: skip
    _sources_delete(row)
    return row


UNTOLD = frozenset({"path", "sidecar"})
"""Places on this machine, which nobody else needs to know."""


@transaction.atomic
def work_refuse(*, work: Work, code: str, sentence: str) -> Work:
    """Write down why a work was not signed; its file goes."""
    row = Work.objects.select_for_update().get(pk=work.pk)
    if row.step != Step.WORKING or row.attempts != work.attempts:
        return row
    row.step, row.lease_until, row.ended_at = Step.FAILED, None, now()
    row.error = sentence[:600]
    row.save(update_fields=["step", "lease_until", "ended_at", "error"])
    event_append(
        chain=creator_chain(row.person),
        name="work.refused",
        actor="system",
        payload={"work": str(row.pk), "why": code},
    )
    _sources_delete(row)
    return row


@transaction.atomic
def work_withdraw(*, actor: Actor, work: Work) -> Work:
    """Remove a signed file and stop finding it; that it was signed stays on the record.

    Raises NotAllowed, Conflict while it is still being signed.
    """
    person = actor.require_person(Ability.WORKS_SIGN)
    row = Work.objects.select_for_update().get(pk=work.pk, person=person)
    if row.step in {Step.WAITING, Step.WORKING}:
        raise Conflict("This file is being signed just now. Try again in a moment.")
    if row.withdrawn_at is None:
        row.withdrawn_at = now()
        row.save(update_fields=["withdrawn_at"])
        event_append(
            chain=creator_chain(person),
            name="work.withdrawn",
            actor=actor.name,
            payload={"work": str(row.pk)},
        )
        place = row.place("signed")
        transaction.on_commit(partial(shelf_delete, place))
    return row


def work_find(*, actor: Actor, work_id: UUID) -> Work:
    """One of the actor's own works; raises NotFound."""
    person = actor.require_person(Ability.WORKS_SIGN)
    row = Work.objects.select_related("identity", "person").filter(person=person, pk=work_id)
    found = row.first()
    if found is None:
        raise NotFound("You have no such work.")
    return found


def signed_open(work: Work) -> File[bytes]:
    """The signed file, opened; the caller closes it. Raises NotFound."""
    if work.step != Step.DONE or work.withdrawn_at:
        raise NotFound("There is no signed file: it is not signed yet, or was withdrawn.")
    return shelf_open(work.place("signed"))


def _sources_delete(work: Work) -> None:
    places = [work.place("source"), work.place("parent")]
    for place in places:
        transaction.on_commit(partial(shelf_delete, place))


def _suffix(name: str) -> str:
    """The ending of the visitor's file name, when it is a plain one."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 6 else ""
