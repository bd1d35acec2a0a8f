"""Of the reference files with credentials, the smallest of each kind and container."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

#: A tag that claims more bytes than the file has, and no sound behind it.
REFUSED = ["contentauth__sdk__tests__fixtures__id3v23_compression_underflow.mp3"]


def test_files_with_credentials_go_through(through: Callable[..., None]) -> None:
    through("c2pa", "MANIFEST.csv", label="category", refused=REFUSED, apart=True)
