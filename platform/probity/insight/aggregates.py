"""Counting and timing in the database, for the figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, DurationField, Expression


class Percentile(Aggregate):
    """The value below which a share of the rows lies, between rows interpolated linearly.

    PostgreSQL's ``percentile_cont``; ``share`` from 0 to 1.
    """

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Expression, *, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, output_field=DurationField(), **extra)
