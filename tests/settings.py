"""Settings for the tests: a throw-away home, and a PostgreSQL of our own unless one is given."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

HOME_FOR_TESTS = Path(tempfile.mkdtemp(prefix="probity-tests-"))
os.environ["PROBITY_HOME"] = str(HOME_FOR_TESTS)
# The first process of a run makes this folder; those that it starts find it here.
SHARED_BY_THE_RUN = Path(os.environ.setdefault("TESTS_SHARED", str(HOME_FOR_TESTS / "shared")))


def _at_exit(end: Callable[[], object]) -> None:
    """Call ``end`` when this process ends, not when a fork of it does."""
    owner = os.getpid()
    atexit.register(lambda: end() if os.getpid() == owner else None)


def _begin() -> None:
    from probity.core.launch import postgres
    from probity.core.launch.databases import APP_ROLE

    cluster = postgres.ensure(HOME_FOR_TESTS)
    os.environ["DATABASE_URL"] = cluster.url(role="owner")
    os.environ["PROBITY_APPLICATION_ROLE"] = APP_ROLE
    os.environ["TESTS_OWN_SERVER"] = "1"

    _at_exit(cluster.stop)


_at_exit(lambda: shutil.rmtree(HOME_FOR_TESTS, ignore_errors=True))
if not os.environ.get("DATABASE_URL"):
    _begin()

from probity.settings import *  # noqa: E402, F403

# Decisions take effect at once; what the undo window does has tests of its own.
UNDO_SECONDS = 0
REPORT_RATE = API_RATE = API_ADDRESS_RATE = SIGN_IN_RATE = SIGN_IN_NAME_RATE = CHECK_RATE = "0/hour"
# What people sign in with costs a tenth of a second on purpose; its strength has a test of its own.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
