"""Of the reference films with faces, the smallest of each label and container."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


def test_films_go_through(through: Callable[..., None]) -> None:
    through("faces", "manifest.csv", label="label")
