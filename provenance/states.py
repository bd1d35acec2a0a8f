"""The library's state under each list, from one reading without any anchors.

Whose credentials are trusted is told by the certificates alone, and a state depends on a list in
two places only: whether the certificates of a manifest lead to one of its anchors, and whether
those of a time-stamp do, which decides by which clock the signer's are judged. Where either cannot
be told for certain under a list, its state is left open and the file is read once more with that
list alone. The rules are those of c2pa-rs 0.91 (``ValidationResults::validation_state``) and are
held against the library itself by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provenance import certificates, codes, trusting
from provenance.anchoring import ListAnchors
from provenance.history import History, manifest_of
from provenance.signers import Signers

INVALID, VALID, TRUSTED = "Invalid", "Valid", "Trusted"
_TOLERATED = ("cawg.x509.", "cawg.identity.")
_NEEDED = frozenset({"claimSignature.validated", codes.INSIDE_VALIDITY})
_TIMES = frozenset({codes.EXPIRED, codes.OUTSIDE_VALIDITY})


@dataclass(frozen=True, kw_only=True)
class Results:
    """A reading's results as far as they make its state: codes that are good on the active
    manifest, and all failures as (code, label of the manifest)."""

    good: frozenset[str]
    failures: tuple[tuple[str, str], ...]

    def apart(self) -> Results:
        """The results as they would be if no CAWG identity had been looked at."""
        kept = tuple(entry for entry in self.failures if not entry[0].startswith(codes.IDENTITY))
        return Results(good=self.good, failures=kept)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong but who is trusted."""
        return self.good >= _NEEDED and all(
            code == codes.UNTRUSTED or code.startswith(_TOLERATED) for code, _ in self.failures
        )

    @property
    def state(self) -> str:
        """The state of the reading that these results are of."""
        if not self.valid:
            return INVALID
        return TRUSTED if codes.TRUSTED in self.good and not self.failures else VALID

    @classmethod
    def of(cls, store: Mapping[str, Any]) -> Results:
        """The results of a whole report of the library."""
        told = _dict(store.get("validation_results"))
        active = _dict(told.get("activeManifest"))
        deltas = [
            _dict(entry.get("validationDeltas")) for entry in _dicts(told, "ingredientDeltas")
        ]
        failures = [entry for part in (active, *deltas) for entry in _dicts(part, "failure")]
        return cls(
            good=frozenset(str(entry.get("code")) for entry in _dicts(active, "success")),
            failures=tuple(
                (str(entry.get("code")), manifest_of(entry.get("url"))) for entry in failures
            ),
        )


class States:
    """What one reading without anchors tells of each list."""

    def __init__(self, story: History, signers: Signers) -> None:
        self._story = story
        self._signers = signers
        self._now = datetime.now(UTC)

    def under(self, entry: ListAnchors, results: Results) -> str | None:
        """The state under one list; None when only the library can tell."""
        clocks = (self._same_clock(label, entry) for label in self._story.manifests)
        if self._signers.peculiar or not all(clocks):
            return None
        if not results.valid:
            return INVALID
        if any(code != codes.UNTRUSTED for code, _ in results.failures):
            return VALID
        labels = {self._story.active, *(label for _, label in results.failures)}
        found = [self.trusts(label, entry) for label in labels]
        if False in found:
            return VALID
        return None if None in found else TRUSTED

    def trusts(self, label: str, entry: ListAnchors) -> bool | None:
        """Whether the library would trust the signer of a manifest; None when it is open."""
        return trusting.trusts(
            entry,
            self._signers.chain(label),
            self._signers.issuers(label),
            moment=self._signers.stamped_at(label),
        )

    def _same_clock(self, label: str, entry: ListAnchors) -> bool:
        """Whether the manifest's certificates are judged alike with and without this list.

        Only the second version of the claim asks whether a time-stamp is trusted; where it is not,
        today's clock counts instead.
        """
        if self._story.manifests[label].get("claim_version") == 1:
            return True
        issuers = self._signers.stamp_issuers(label)
        if issuers is not None and not entry.every.names(issuers):
            return True
        moment = self._signers.stamped_at(label)
        chain = self._signers.chain(label)
        if moment is None or not chain or _TIMES & set(self._story.on(label).failures):
            return False
        return all(
            certificates.valid_at(found, when) for found in chain for when in (moment, self._now)
        )


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(of: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = of.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
