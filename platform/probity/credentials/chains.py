"""Each creator's own chain in the log."""

from __future__ import annotations

from probity.accounts.models import Person


def creator_chain(person: Person) -> str:
    """The chain of what one creator did with their keys and works."""
    return f"creator:{person.pk}"
