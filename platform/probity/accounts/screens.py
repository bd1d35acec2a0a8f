"""How a person wants their screens: light or dark, how dense, what moves, which keys act.

None of it is in the audit log: it says nothing about a case, only about somebody's eyes and hands.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from probity.core.errors import InvalidInput

from .actors import Actor
from .models import Density, Motion, Person, Screen, Theme
from .shortcuts import differing, keys_read


def screen_of(person: Person) -> Screen:
    """A person's wishes; those of everybody where they have none yet."""
    return Screen.objects.filter(person=person).first() or Screen(person=person)


@transaction.atomic
def look_set(*, actor: Actor, theme: str, density: str, motion: str) -> Screen:
    """Choose how screens look; raises InvalidInput for a look there is none of."""
    wrong = look_wrong(theme=theme, density=density, motion=motion)
    if wrong:
        raise InvalidInput.of(wrong)
    row, _ = Screen.objects.update_or_create(
        person=actor.require_self(),
        defaults={"theme": theme, "density": density, "motion": motion},
    )
    return row


def look_wrong(*, theme: str, density: str, motion: str) -> dict[str, str]:
    """A sentence for each part of a look that does not exist."""
    wrong = {}
    if theme not in set(Theme):
        wrong["theme"] = "Choose the look of the device, light or dark."
    if density not in set(Density):
        wrong["density"] = "Choose usual or compact lines."
    if motion not in set(Motion):
        wrong["motion"] = "Choose whether things may move."
    return wrong


@transaction.atomic
def keys_switch(*, actor: Actor, on: bool) -> Screen:
    """Switch single keys on or off; the keys themselves stay."""
    row, _ = Screen.objects.update_or_create(person=actor.require_self(), defaults={"keys_on": on})
    return row


@transaction.atomic
def keys_set(*, actor: Actor, keys: Mapping[str, str]) -> Screen:
    """Give actions other keys; an empty key takes an action's key away.

    Raises InvalidInput where two actions of one place would share a key.
    """
    row, _ = Screen.objects.update_or_create(
        person=actor.require_self(), defaults={"keys": differing(keys_read(keys))}
    )
    return row
