"""What every test may use. Django's fixtures live beside the platform's tests."""

from __future__ import annotations

import os
from collections.abc import Generator
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With PROBITY_NO_SKIPS=1 a skipped test has failed, unless it is marked `gpu`."""
    report = yield
    strict = os.environ.get("PROBITY_NO_SKIPS") == "1"
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if strict and skipped and item.get_closest_marker("gpu") is None:
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be skipped: {report.longrepr}"
    return report
