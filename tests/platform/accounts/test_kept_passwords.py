"""What a stolen table of passwords would give away: nothing quickly."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password

from probity import settings as shipped


def test_passwords_are_kept_with_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    kept = make_password("a calm river in autumn")
    assert kept.startswith("argon2$argon2id$")
    assert check_password("a calm river in autumn", kept)
    assert not check_password("a calm river in autumn.", kept)
