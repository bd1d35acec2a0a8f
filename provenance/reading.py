"""Reading and judging a file's credentials. Runs in the child: its input is hostile.

What leaves this module is small, neutralised and made of plain values only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation.media.sniff import HEAD_BYTES
from provenance import codes, declarations, history, identity, library, purposes, tree, wording
from provenance.certificates import summary, valid_at
from provenance.errors import SidecarTooLarge
from provenance.failures import unread
from provenance.kinds import C2PA, media_type
from provenance.signers import Anchors, Signers, anchors, parsed_time
from provenance.verdict import Facts, Judgement, ListFacts, judge

LARGEST_SIDECAR = 64 * 2**20
MOST_CODES = 100
_STATES = ("Invalid", "Valid", "Trusted")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked: a file of some kind, its sidecar's bytes, lists and a day."""

    path: Path
    kind: str | None
    sidecar: bytes | None
    lists: list[dict[str, Any]]
    as_of: datetime | None

    def read(self, entry: dict[str, Any] | None, *, identity: bool, first: bool) -> library.Reading:
        """The library's reading under one list, or under none."""
        return library.read(
            self.path,
            anchors=entry["anchors"] + entry["time_stamps"] if entry else "",
            identity=identity,
            sidecar=self.sidecar,
            kind=self.kind,
            with_jumbf=first,
        )


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """``payload``: path, sidecar (path or None), lists (``TrustList.payload``), as_of (ISO time
    or None). Returns the members of a CredentialRecord except those that only the parent knows.

    Raises SidecarTooLarge and OSError.
    """
    path = Path(payload["path"])
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        kind = media_type(stream.read(HEAD_BYTES))
    question = Question(
        path=path,
        kind=kind,
        sidecar=_sidecar(payload["sidecar"]),
        lists=payload["lists"],
        as_of=parsed_time(payload["as_of"]),
    )
    found = {
        "sha256": digest,
        "bytes": path.stat().st_size,
        "media_type": kind,
        "versions": library.versions(),
    }
    readings = _readings(question)
    failed = next((reading for reading in readings.values() if reading.state is None), None)
    if failed is not None:
        return {**found, **unread(failed, lists=[entry["name"] for entry in question.lists])}
    where = "embedded" if question.sidecar is None else "sidecar"
    return {**found, "credentials": where, **_judged(question, readings)}


def _sidecar(path: str | None) -> bytes | None:
    if path is None:
        return None
    with Path(path).open("rb") as stream:
        data = stream.read(LARGEST_SIDECAR + 1)
    if len(data) > LARGEST_SIDECAR:
        raise SidecarTooLarge(
            f"The sidecar has more than {LARGEST_SIDECAR // 2**20} MB, which no manifest has."
        )
    return data


def _readings(question: Question) -> dict[str, library.Reading]:
    """The library's reading under each list by name; under "" where no list is here, because the
    state without trust is still worth knowing."""
    if question.kind == C2PA:
        return {"": library.Reading(error="SidecarAlone")}
    found: dict[str, library.Reading] = {}
    entries: list[dict[str, Any] | None] = [*question.lists] or [None]
    for entry in entries:
        reading = question.read(entry, identity=True, first=not found)
        found[entry["name"] if entry else ""] = reading
        if reading.state is None:
            break
    return found


def _judged(question: Question, readings: dict[str, library.Reading]) -> dict[str, Any]:
    first = next(iter(readings.values()))
    # Whose credentials are untrusted under one list only is no failure under the best one.
    best = max(readings.values(), key=lambda reading: _STATES.index(reading.state or "Invalid"))
    story = history.build(best.store)
    known = {entry.name: entry for entry in anchors(question.lists)}
    signers = Signers(story, first.jumbf, tuple(known.values()), moment=question.as_of)
    facts = _facts(story, signers, question.as_of)
    sent = {entry["name"]: entry for entry in question.lists}
    under: dict[str, ListFacts] = {}
    for name, reading in readings.items():
        without = None
        if reading.state == "Invalid" and identity.any_failure(story):
            without = question.read(sent.get(name), identity=False, first=False).state
        under[name] = _list_facts(
            reading.state or "Invalid", without, story, signers, known.get(name), question.as_of
        )
    record = _record(story, signers, judge(under, facts), facts)
    record["by_list"] = {name: reading.state for name, reading in readings.items() if name}
    record["state_without_lists"] = first.state if "" in readings else None
    record["sentence"], record["details"] = wording.of(record, lists=sent)
    return record


def _list_facts(
    state: str,
    without_identity: str | None,
    story: history.History,
    signers: Signers,
    entry: Anchors | None,
    as_of: datetime | None,
) -> ListFacts:
    if entry is None:
        return ListFacts(state=state, without_identity=without_identity)
    # The library judges dates by today's clock; only a date to judge by asks for ours.
    moment = (signers.signed_at(story.active) or as_of) if as_of else None
    return ListFacts(
        state=state,
        without_identity=without_identity,
        anchored=signers.anchored(story.active, entry, moment=moment),
        allowed=signers.allowed(story.active, entry),
    )


def _facts(story: history.History, signers: Signers, as_of: datetime | None) -> Facts:
    usages = signers.purposes(story.active)
    broken = story.on(story.active).broken()
    return Facts(
        broken_ingredients=len(story.broken_ingredients()),
        may_sign=None if usages is None else purposes.may_sign(usages),
        purpose=", ".join(purposes.name(oid) for oid in usages or ()),
        only_expired=broken == [codes.EXPIRED] and not story.broken_ingredients(),
        good_that_day=_good_that_day(story, signers, as_of),
    )


def _good_that_day(story: history.History, signers: Signers, as_of: datetime | None) -> bool | None:
    chain = signers.chain(story.active)
    if as_of is None or not chain:
        return None
    return valid_at(chain[0], signers.signed_at(story.active) or as_of)


def _record(
    story: history.History, signers: Signers, judgement: Judgement, facts: Facts
) -> dict[str, Any]:
    active = story.manifests.get(story.active, {})
    chain = signers.chain(story.active)
    trusted = judgement.verdict == "trusted"
    signer = signers.described(story.active, trusted=trusted)
    claimed = identity.of(story)
    reserved = declarations.training(active)

    def signer_of(label: str) -> dict[str, Any]:
        return signer if label == story.active else signers.described(label)

    broken = bool(facts.broken_ingredients)
    return {
        "verdict": judgement.verdict,
        "verdict_by_list": dict(judgement.by_list),
        "trusted_by": list(judgement.trusted_by),
        "reasons": [reason.to_dict() for reason in judgement.reasons],
        "ingredients_intact": not broken if story.has_ingredient_credentials() else None,
        "signer": signer,
        "certificates": [summary(certificate) for certificate in chain],
        "time_stamp": signers.time_stamp(story.active),
        "identity": claimed.status,
        "identity_codes": list(claimed.codes),
        "ai": declarations.ai_use(story),
        "do_not_train": reserved,
        "generator": declarations.generator(active),
        "codes": _all_codes(story),
        "notes": sorted(story.on(story.active).notes)[:MOST_CODES],
        "not_checked": _not_checked(story, signers, claimed),
        "tree": tree.build(story, root_state=judgement.verdict, signers=signer_of),
        "remote_url": None,
        "error": None,
    }


def _all_codes(story: history.History) -> list[str]:
    """Failures of the active manifest, and with ``ingredient:`` before them those below it."""
    own = set(story.on(story.active).failures)
    below = {
        f"ingredient:{code}"
        for label, findings in story.by_manifest.items()
        if label != story.active
        for code in findings.failures
    }
    below |= {f"ingredient:{code}" for f in story.by_ingredient.values() for code in f.failures}
    return [*sorted(own), *sorted(below)][:MOST_CODES]


def _not_checked(
    story: history.History, signers: Signers, claimed: identity.Identity
) -> list[dict[str, str]]:
    found = []
    notes = story.on(story.active).notes
    if codes.OCSP_SKIPPED in notes or codes.OCSP_UNREACHED in notes:
        found.append(wording.not_checked("revocation"))
    if claimed.status == identity.NOT_CHECKED:
        found.append(wording.not_checked("identity"))
    if not signers.chain(story.active):
        found.append(wording.not_checked("certificate"))
    stamp = signers.time_stamp(story.active)
    if stamp and stamp["trusted"] is None:
        found.append(wording.not_checked("time-stamp"))
    return found
