"""The members of a credential record, from what was read. Runs in the child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provenance import (
    checks,
    codes,
    declarations,
    history,
    identity,
    purposes,
    tree,
    wording,
)
from provenance.anchoring import ListAnchors
from provenance.certificates import described, digest, name_of, valid_at
from provenance.signers import Signers
from provenance.verdict import Facts, Judgement, ListFacts, judge

if TYPE_CHECKING:
    from provenance.reading import Answer

MOST_CODES = 100


def build(
    answer: Answer,
    *,
    anchors: Sequence[ListAnchors],
    lists: Sequence[Mapping[str, Any]],
    as_of: datetime | None,
) -> dict[str, Any]:
    """All members that come from the manifest store and the lists (``reference`` of each)."""
    story, signers = answer.story, answer.signers
    facts = _facts(story, signers, as_of)
    under = {
        name: ListFacts(state=state, without_identity=answer.without_identity[name])
        for name, state in answer.by_list.items()
    }
    for entry in anchors:
        under[entry.name] = _list_facts(answer, entry, as_of)
    judgement = judge(under, facts)
    found = _members(story, signers, judgement, facts)
    found["by_list"] = {name: state for name, state in answer.by_list.items() if name}
    found["state_without_lists"] = answer.by_list.get("")
    found["lists"] = [
        _table_row(answer, entry, sent, found, as_of)
        for entry, sent in zip(anchors, lists, strict=True)
    ]
    found["sentence"], found["details"] = wording.of(
        found, lists={entry["name"]: entry for entry in lists}
    )
    return found


def _table_row(
    answer: Answer,
    entry: ListAnchors,
    sent: Mapping[str, Any],
    found: Mapping[str, Any],
    as_of: datetime | None,
) -> dict[str, Any]:
    """What one list says, with the anchor that the signer's certificate leads to."""
    story, signers = answer.story, answer.signers
    moment = (signers.signed_at(story.active) or as_of) if as_of else None
    anchor = signers.anchor(story.active, entry, moment=moment)
    named = {**name_of(anchor), "sha256": digest(anchor)} if anchor else None
    verdict = found["verdict_by_list"][entry.name]
    return {
        **{key: sent[key] for key in ("name", "title", "date", "sha256", "own")},
        "state": answer.by_list[entry.name],
        "verdict": verdict,
        "anchor": named,
        "sentence": wording.list_sentence(
            verdict=verdict,
            anchor=(named["name"] or "an authority without a name") if named else None,
            allowed=anchor is None,
        ),
    }


def _list_facts(answer: Answer, entry: ListAnchors, as_of: datetime | None) -> ListFacts:
    story, signers = answer.story, answer.signers
    # The library judges dates by today's clock; only a date to judge by asks for ours.
    moment = (signers.signed_at(story.active) or as_of) if as_of else None
    return ListFacts(
        state=answer.by_list[entry.name],
        without_identity=answer.without_identity[entry.name],
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


def _members(
    story: history.History, signers: Signers, judgement: Judgement, facts: Facts
) -> dict[str, Any]:
    active = story.manifests.get(story.active, {})
    trusted = judgement.verdict == "trusted"
    signer = signers.described(story.active, trusted=trusted)
    claimed = identity.of(story)
    reserved = declarations.training(active)

    def signer_of(label: str) -> dict[str, Any]:
        return signer if label == story.active else signers.described(label)

    intact = not facts.broken_ingredients if story.has_ingredient_credentials() else None
    stamp = signers.time_stamp(story.active)
    ai = declarations.ai_use(story)
    return {
        "verdict": judgement.verdict,
        "verdict_by_list": dict(judgement.by_list),
        "trusted_by": list(judgement.trusted_by),
        "reasons": [reason.to_dict() for reason in judgement.reasons],
        "checks": checks.rows(
            story.on(story.active),
            may_sign=facts.may_sign,
            purpose=facts.purpose,
            trusted=trusted,
            stamp=stamp,
            identity=claimed.status,
            ingredients_intact=intact,
        ),
        "ingredients_intact": intact,
        "signer": signer,
        "certificates": _certificates(story, signers, facts),
        "time_stamp": {**stamp, "sentence": wording.time_sentence(stamp)} if stamp else None,
        "identity": claimed.status,
        "identity_codes": list(claimed.codes),
        "ai": ai,
        "ai_sentence": wording.ai_sentence(ai["use"], verdict=judgement.verdict),
        "identity_sentence": wording.identity_sentence(claimed.status),
        "training_sentence": declarations.training_sentence(reserved),
        "do_not_train": reserved,
        "generator": declarations.generator(active),
        "codes": _all_codes(story),
        "notes": sorted(story.on(story.active).notes)[:MOST_CODES],
        "not_checked": _not_checked(story, signers, claimed),
        "tree": tree.build(story, root_state=judgement.verdict, signers=signer_of),
        "remote_url": None,
        "error": None,
    }


def _certificates(story: history.History, signers: Signers, facts: Facts) -> list[dict[str, Any]]:
    """The signer's chain, leaf first; ``purpose_fits`` is told of the leaf alone."""
    moment = signers.signed_at(story.active)
    chain = signers.chain(story.active)
    return [
        {**described(found, moment=moment), "purpose_fits": None if place else facts.may_sign}
        for place, found in enumerate(chain)
    ]


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
