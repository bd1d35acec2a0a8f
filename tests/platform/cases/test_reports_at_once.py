"""Reports of one thing that come in at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from probity.cases.models import Case, Report


def test_six_reports_at_once_make_one_case(
    real_transactions: None, reported: Callable[..., Any]
) -> None:
    failures: list[Exception] = []

    def send() -> None:
        try:
            reported(url="https://host.example/post/at-once")
        except Exception as error:  # shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Case.objects.count() == 1
    assert Report.objects.count() == 6
