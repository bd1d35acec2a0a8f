"""Reading and judging a file's credentials. Runs in the child: its input is hostile.

What leaves this module is small, neutralised and made of plain values only.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from provenance import codes, declarations, history, identity, library, purposes, tree, wording
from provenance.certificates import summary, valid_at
from provenance.errors import SidecarTooLarge
from provenance.failures import unread
from provenance.kinds import media_type
from provenance.signers import Anchors, Signers, anchors, parsed_time
from provenance.verdict import Facts, Judgement, ListFacts, judge

LARGEST_SIDECAR = 64 * 2**20
MOST_CODES = 100


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """``payload``: path, sidecar (path or None), lists (``TrustList.payload``), as_of (ISO time
    or None). Returns the members of a CredentialRecord except those that only the parent knows.

    Raises SidecarTooLarge and OSError (as FileUnreadable in the parent).
    """
    path = Path(payload["path"])
    sidecar = _sidecar(payload["sidecar"])
    lists = payload["lists"]
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        kind = media_type(stream.read(64 * 1024))
    found = {
        "sha256": digest,
        "bytes": path.stat().st_size,
        "media_type": kind,
        "versions": library.versions(),
    }
    # A list without trust is read too where no list is here: the state is still worth knowing.
    readings = _readings(path, lists, sidecar, kind=kind)
    first = next(iter(readings.values()))
    if first.state is None:
        return {**found, **unread(first, lists=[entry["name"] for entry in lists])}
    return {
        **found,
        "credentials": "sidecar" if sidecar is not None else "embedded",
        **_judged(path, sidecar, readings, lists, parsed_time(payload["as_of"])),
    }


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


def _readings(
    path: Path, lists: list[dict[str, Any]], sidecar: bytes | None, *, kind: str | None
) -> dict[str, library.Reading]:
    """The library's reading under each list (by name; the one name is "" without any list)."""
    if kind == "application/c2pa":
        return {"": library.Reading(error="SidecarAlone", message="")}
    found: dict[str, library.Reading] = {}
    for entry in lists or [{"name": "", "anchors": "", "time_stamps": ""}]:
        reading = library.read(
            path,
            anchors=entry["anchors"] + entry["time_stamps"],
            identity=True,
            sidecar=sidecar,
            with_jumbf=not found,
        )
        found[entry["name"]] = reading
        if reading.state is None:
            break
    return found


def _judged(
    path: Path,
    sidecar: bytes | None,
    readings: dict[str, library.Reading],
    lists: list[dict[str, Any]],
    as_of: datetime | None,
) -> dict[str, Any]:
    first = next(iter(readings.values()))
    story = history.build(first.store)
    parsed = anchors(lists)
    signers = Signers(story, first.jumbf, parsed, moment=as_of)
    facts = _facts(story, signers, as_of)
    under = {
        name: _list_facts(path, sidecar, name, reading, lists, story, signers, parsed, as_of)
        for name, reading in readings.items()
    }
    judgement = judge(under, facts)
    record = _record(story, signers, judgement, facts)
    record["by_list"] = {name: reading.state for name, reading in readings.items() if name}
    record["state_without_lists"] = first.state if "" in readings else None
    record["sentence"], record["details"] = wording.of(
        record, lists={entry["name"]: entry for entry in lists}
    )
    return record


def _list_facts(
    path: Path,
    sidecar: bytes | None,
    name: str,
    reading: library.Reading,
    lists: list[dict[str, Any]],
    story: history.History,
    signers: Signers,
    parsed: tuple[Anchors, ...],
    as_of: datetime | None,
) -> ListFacts:
    state = reading.state or "Invalid"
    entry = next((entry for entry in lists if entry["name"] == name), None)
    pem = entry["anchors"] + entry["time_stamps"] if entry else ""
    without = None
    if state == "Invalid" and identity.any_failure(story):
        without = library.read(path, anchors=pem, identity=False, sidecar=sidecar).state
    known = next((item for item in parsed if item.name == name), None)
    if known is None:
        return ListFacts(state=state, without_identity=without)
    # The library judges dates itself; only a date to judge by asks for ours.
    moment = (signers.signed_at(story.active) or as_of) if as_of else None
    return ListFacts(
        state=state,
        without_identity=without,
        anchored=signers.anchored(story.active, known, moment=moment),
        allowed=signers.allowed(story.active, known),
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


def _good_that_day(
    story: history.History, signers: Signers, as_of: datetime | None
) -> bool | None:
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
    below |= {
        f"ingredient:{code}" for f in story.by_ingredient.values() for code in f.failures
    }
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


