"""How a page looks to whoever asked for it: a person's wishes, or those of a browser's cookie."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest

from probity.accounts.models import Density, Motion, Theme
from probity.accounts.screens import look_wrong, screen_of
from probity.accounts.shortcuts import SHORTCUTS, Place, keys_of
from probity.web.guard import person_of

COOKIE = "probity_look"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """What the root of a page says, and the keys that act on it (none where they are off)."""

    theme: str = Theme.SYSTEM
    density: str = Density.USUAL
    motion: str = Motion.SYSTEM
    keys: str = ""

    @property
    def schemes(self) -> str:
        """The colour schemes of the page, as CSS names them."""
        return "light dark" if self.theme == Theme.SYSTEM else self.theme

    @property
    def cookie(self) -> str:
        """The same as a cookie keeps it."""
        return f"{self.theme}.{self.density}.{self.motion}"


def look_of(request: HttpRequest) -> Look:
    """The wishes of who is signed in; else those that this browser remembers."""
    person = person_of(request)
    if person is None:
        return cookie_read(request.COOKIES.get(COOKIE, ""))
    screen = screen_of(person)
    keys = json.dumps(_by_place(keys_of(screen.keys))) if screen.keys_on else ""
    return Look(screen.theme, screen.density, screen.motion, keys)


def _by_place(keys: dict[str, str]) -> dict[str, dict[str, str]]:
    return {
        str(place): {
            one.name: keys[one.name] for one in SHORTCUTS if one.place == place and one.name in keys
        }
        for place in Place
    }


def cookie_read(text: str) -> Look:
    """What a cookie says; the usual look where it is none of ours."""
    parts = text.split(".")
    if len(parts) != 3 or look_wrong(theme=parts[0], density=parts[1], motion=parts[2]):
        return Look()
    return Look(*parts)
