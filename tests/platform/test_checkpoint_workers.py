"""Several workers make checkpoints at the same moment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from probity.audit.checkpoints import checkpoint_make
from probity.audit.models import LogCheckpoint
from probity.audit.services import event_append


def test_two_workers_at_once_make_one_log(
    real_transactions: None, tmp_path: Path, settings: Any
) -> None:
    settings.CHECKPOINT_DIR = tmp_path / "outside"
    for number in range(3):
        with transaction.atomic():
            event_append(
                chain=f"case:{number}", name="token.revoked", actor="system",
                payload={"token": "t", "person": "p"},
            )  # fmt: skip
    errors: list[BaseException] = []

    def make() -> None:
        try:
            checkpoint_make()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [row.size for row in LogCheckpoint.objects.all()] == [3]
    call_command("audit_verify")
