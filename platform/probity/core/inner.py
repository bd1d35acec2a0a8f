"""Services that only ever run inside another's transaction, and so spare a savepoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def inner(service: Callable[P, R]) -> Callable[P, R]:
    """A service without a savepoint of its own: it joins the transaction that is under way.

    Whatever it raises ends that transaction. Whoever wants to go on after its refusal calls it in
    ``with transaction.atomic():`` inside the ``try``; else all that was written is taken back in
    silence at the end. A test looks at every caller.
    """
    return transaction.atomic(savepoint=False)(service)
