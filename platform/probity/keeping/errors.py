"""Refusals of this room."""

from __future__ import annotations

from probity.core.errors import Refusal


class UnderHold(Refusal):
    """A legal hold forbids it: nothing that it covers may be destroyed."""

    code = "under-legal-hold"
    status = 423

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "A legal hold keeps this: it cannot be destroyed until every hold on it is released."
        )
