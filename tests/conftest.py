"""What every test may use. Django's fixtures live beside the platform's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Shared machines stall now and then; how long one example took says nothing about the code.
settings.register_profile("probity", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("probity")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference media, beside the checkout or where PROBITY_SHARED says.

    Without it the test is skipped; in continuous integration (CI=true) that is a failure.
    """
    folder = Path(os.environ.get("PROBITY_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        sentence = "The reference media are not here: set PROBITY_SHARED to their folder."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout that the tests belong to."""
    return ROOT
