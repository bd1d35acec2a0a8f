"""Wake-up calls through a folder: never read half-written, never fatal when broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    """A channel on a folder of its own, opened as Celery opens it."""
    options = {
        "data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    transport = "probity.core.folder_broker:Transport"
    with Connection(
        "filesystem://localhost", transport=transport, transport_options=options
    ) as line:
        yield line.channel()


def test_the_platform_uses_it_unless_it_has_redis() -> None:
    chosen = settings.CELERY_BROKER_TRANSPORT
    assert (chosen is None) is bool(settings.REDIS_URL)


def test_a_message_gets_its_name_once_it_is_whole(
    channel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, seen = Path.replace, []

    def watched(source: Path, target: Path) -> Path:
        seen.append((list(tmp_path.glob("*.msg")), source.read_text()))
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", watched)
    channel._put("cpu", {"body": "wake"})
    assert seen == [([], '{"body": "wake"}')]
    assert channel._size("cpu") == 1
    assert channel._get("cpu") == {"body": "wake"}


def test_what_a_power_cut_left_is_passed_over(channel: Any, tmp_path: Path) -> None:
    (tmp_path / "1_torn.cpu.msg").write_bytes(b"")
    channel._put("cpu", {"body": "wake"})
    assert channel._get("cpu") == {"body": "wake"}
    with pytest.raises(Empty):
        channel._get("cpu")


def test_queues_are_bound_once_and_a_broken_table_is_begun_anew(
    channel: Any, tmp_path: Path
) -> None:
    for queue in ("cpu", "gpu", "cpu"):
        channel._queue_bind("bell", queue, "", queue)
    assert sorted(row.queue for row in channel.get_table("bell")) == ["cpu", "gpu"]
    (tmp_path / "control" / "bell.exchange").write_bytes(b"")
    assert channel.get_table("bell") == []
    channel._queue_bind("bell", "cpu", "", "cpu")
    assert [row.queue for row in channel.get_table("bell")] == ["cpu"]
