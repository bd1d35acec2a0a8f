"""Which duties step back where another rule says, with a citation, that it goes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from policy.api import Outcome

if TYPE_CHECKING:
    from policy.result import RuleResult


def displaced(results: Sequence[RuleResult]) -> Mapping[str, str]:
    """Displaced rule -> the rule that displaces it, where both apply.

    While it is still open whether the stronger rule applies, nothing steps back.
    """
    applying = {r.rule.id: r.rule for r in results if r.outcome is Outcome.APPLIES}
    return {
        override.rule: rule.id
        for rule in applying.values()
        for override in rule.overrides
        if override.rule in applying
    }
