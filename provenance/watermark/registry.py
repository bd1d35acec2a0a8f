"""Which watermark schemes are installed: ours and third parties' through ``probity.watermarks``.

How they are found, and that finding one imports nothing of it, is told in
:mod:`foundation.plugins`.
"""

from __future__ import annotations

from foundation import plugins
from foundation.plugins import DISTRIBUTION
from provenance.watermark.api import Scheme
from provenance.watermark.card import Card, load
from provenance.watermark.errors import SchemeUnknown, SchemeUnusable

__all__ = [
    "DISTRIBUTION", "GROUP", "Entry", "card_path", "describe", "entries", "find", "instantiate",
    "registered", "reset",
]  # fmt: skip

GROUP = "probity.watermarks"
Entry = plugins.Entry[Card]

_registry = plugins.Registry[Card](
    GROUP, kind="watermark scheme", load=load, unknown=SchemeUnknown, broken=SchemeUnusable
)
entries = _registry.entries
find = _registry.find
reset = _registry.reset
registered = _registry.registered
describe = _registry.describe
card_path = _registry.card_path


def instantiate(target: str) -> Scheme:
    """Import ``package.module:Class`` and make one. Raises SchemeUnusable."""
    made = _registry.instantiate(target)
    if not isinstance(made, Scheme):
        raise SchemeUnusable(f"{target} lacks 'detect' or 'embed'.")
    return made
