"""What each kind of watch-list looks at: reports, findings, matches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from probity.analysis.selectors import Provenance, findings_of, provenance_of
from probity.cases.models import CATEGORY_WORDS, Case, Category, Report
from probity.core.inner import inner
from probity.evidence.models import Asset
from probity.matching.models import Match
from probity.matching.selectors import match_sentence

from .models import Alert, Level, WatchKind, WatchList, WatchTerm
from .names import folded, names_in
from .raising import Sighting, alert_raise

SEAL = "seal"
EXACT_KINDS = frozenset({"sha256", "md5"})
TRUSTED = "trusted"


@inner
def report_watch(*, report: Report, asset: Asset | None = None) -> list[Alert]:
    """Raise alerts for the watched names that a report mentions."""
    told = f"{report.explanation} {report.url}"
    thing = _thing(report, asset)
    raised = [
        alert_raise(
            watch_list=term.watch_list,
            sighting=_named(term, report=report, asset=asset, thing=thing),
        )
        for term in _terms(WatchKind.NAME, WatchKind.LIKENESS)
        if names_in(told, term=term.folded)
    ]
    return [alert for alert in raised if alert]


@transaction.atomic
def asset_watch(*, asset: Asset, case: Case) -> list[Alert]:
    """Raise alerts for what the latest analysis of a file found: signers and altered seals."""
    provenance = provenance_of(findings_of(asset))
    raised = [
        *_signers_watch(provenance, asset=asset, case=case),
        *_seals_watch(provenance, asset=asset, case=case),
    ]
    return [alert for alert in raised if alert]


@transaction.atomic
def matches_watch(*, matches: Iterable[Match], case: Case | None) -> list[Alert]:
    """Raise alerts for new matches with hashes that stand on a watch-list."""
    lists = {row.bank_id: row for row in WatchList.objects.exclude(bank=None)}
    raised = [
        alert_raise(watch_list=lists[match.entry.bank_id], sighting=_matched(match, case=case))
        for match in sorted(matches, key=lambda one: str(one.pk))
        if match.entry is not None and match.entry.bank_id in lists
    ]
    return [alert for alert in raised if alert]


def _terms(*kinds: WatchKind) -> QuerySet[WatchTerm]:
    """In the order of their lists, so that two who raise alerts never wait for each other."""
    return (
        WatchTerm.objects.select_related("watch_list")
        .filter(removed_at=None, watch_list__kind__in=kinds, watch_list__paused_at=None)
        .order_by("watch_list_id", "added_at")
    )


def _named(term: WatchTerm, *, report: Report, asset: Asset | None, thing: str) -> Sighting:
    case = report.case
    about = CATEGORY_WORDS[Category(report.category)].lower()
    likeness = term.watch_list.kind == WatchKind.LIKENESS
    what = "a protected person’s likeness" if likeness else f"the watched name “{term.text}”"
    by_them = "The reporter says that they are the person shown." if report.depicted else ""
    return Sighting(
        key=f"name:{term.pk}:{thing}",
        level=Level.POSSIBLE,
        found=f"A report in case {case.label} ({about}) names {what}. {by_them}".strip(),
        sure=(
            "A report is somebody’s word, and people share names. Nobody’s face was compared; "
            "whether it is the same person has to be looked at."
        ),
        to_do=(
            "Open the case, see whether it is them, and decide it before its clock runs out. If "
            "they are affected, tell them what they can ask for."
        ),
        case=case,
        asset=asset,
    )


def _thing(report: Report, asset: Asset | None) -> str:
    """What a report is about, the same for everybody who reports it."""
    if asset is not None:
        return f"file:{asset.pk}"
    if report.url:
        return f"url:{hashlib.sha256(report.url.encode()).hexdigest()}"
    return f"file:{report.claimed_sha256}" if report.claimed_sha256 else f"case:{report.case_id}"


def _signers_watch(provenance: Provenance, *, asset: Asset, case: Case) -> Iterator[Alert | None]:
    claims = list(_claims(provenance.credentials))
    for term in _terms(WatchKind.SIGNER) if claims else ():
        for name, holds, certificate in claims:
            if names_in(name, term=term.folded) and certificate not in term.own:
                yield alert_raise(
                    watch_list=term.watch_list,
                    sighting=_claimed(term, holds=holds, asset=asset, case=case),
                )


def _claims(credentials: Mapping[str, Any] | None) -> Iterator[tuple[str, bool, str]]:
    """Each signer's name that nobody vouches for: (name, does the signature hold, certificate).

    The certificate's digest is known of the active manifest only.
    """
    if not credentials:
        return
    chain = credentials.get("certificates") or [{}]
    leaf = str(chain[0].get("sha256", ""))
    holds = credentials.get("verdict") in {"valid", TRUSTED}
    yield from _claim(credentials.get("signer"), holds=holds, certificate=leaf)
    for node in _nodes(credentials.get("tree"), top=True):
        yield from _claim(node.get("signer"), holds=node.get("state") == "Valid", certificate="")


def _claim(
    signer: Mapping[str, Any] | None, *, holds: bool, certificate: str
) -> Iterator[tuple[str, bool, str]]:
    if signer and not signer.get("shown_as_identity"):
        name = " ".join(str(signer[key]) for key in ("organisation", "name") if signer.get(key))
        if folded(name):
            yield name, holds, certificate


def _nodes(node: Any, *, top: bool = False) -> Iterator[Mapping[str, Any]]:
    """Every ingredient's node below the root; the root itself was looked at already."""
    if not isinstance(node, Mapping):
        return
    if not top:
        yield node
    for child in node.get("ingredients") or ():
        yield from _nodes(child)


def _claimed(term: WatchTerm, *, holds: bool, asset: Asset, case: Case) -> Sighting:
    seal_words = (
        "Its signature fits the file, so whoever holds that key did sign it"
        if holds
        else "Its signature does not hold"
    )
    return Sighting(
        key=f"signer:{term.pk}:{asset.pk}",
        level=Level.CERTAIN if holds else Level.LIKELY,
        found=(
            f"A file in case {case.label} claims to be signed by “{term.text}”, and no trust list "
            "that is used here vouches for that."
        ),
        sure=(
            f"The claim stands in the file itself. {seal_words}. Anybody can write any name into "
            "a certificate of their own, so this says nothing about who made it."
        ),
        to_do=(
            "If the certificate is yours, put its SHA-256 beside the name on the list. If not, "
            "open the case, keep the file as evidence, and warn those who may take it for yours."
        ),
        case=case,
        asset=asset,
    )


def _seals_watch(provenance: Provenance, *, asset: Asset, case: Case) -> Iterator[Alert | None]:
    altered = [one for one in provenance.watermarks or () if _altered(one)]
    if not altered:
        return
    lists = WatchList.objects.filter(kind=WatchKind.SEAL, paused_at=None).order_by("pk")
    for watch_list in lists:
        for mark in altered:
            yield alert_raise(
                watch_list=watch_list, sighting=_unsealed(mark, asset=asset, case=case)
            )


def _altered(mark: Mapping[str, Any]) -> bool:
    return (
        mark.get("scheme") == SEAL
        and mark.get("status") == "found"
        and bool((mark.get("details") or {}).get("altered"))
    )


def _unsealed(mark: Mapping[str, Any], *, asset: Asset, case: Case) -> Sighting:
    chance = float(mark.get("false_alarm", 1.0))
    agreement = float(mark.get("agreement", 0.0))
    return Sighting(
        key=f"seal:{mark.get('payload') or ''}:{asset.pk}",
        level=Level.LIKELY,
        found=f"A file in case {case.label} carries this house’s own seal. {mark['sentence']}",
        sure=(
            f"{agreement:.0%} of the seal’s bits fit; media that was never sealed here fits so "
            f"well with a chance of at most {max(chance, 1e-300):.0e}. Where it was altered is "
            "measured block by block and can be off at the edges."
        ),
        to_do=(
            "Open the case, compare the marked places with your original, and publish the "
            "original if the altered copy is going round."
        ),
        case=case,
        asset=asset,
    )


def _matched(match: Match, *, case: Case | None) -> Sighting:
    exact = str(match.signal) in EXACT_KINDS
    where = f" in case {case.label}" if case else ""
    return Sighting(
        key=f"match:{match.entry_id}:{match.asset_id}",
        level=Level.CERTAIN if exact else Level.LIKELY,
        found=f"A file{where} is a copy of something on the watch-list.",
        sure=match_sentence(match),
        to_do=(
            "Open the case, put both side by side, and decide. Take the hash off the list if it "
            "finds things that are none of yours."
        ),
        case=case,
        asset=match.asset,
    )
