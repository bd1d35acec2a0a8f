"""Libraries that run networks do not tell their makers about it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")


def test_onnxruntime_keeps_no_number_of_this_device(tmp_path: Path) -> None:
    program = "import detectors.runtimes.onnx as ours; print(ours.providers())"
    around = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    around.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=around, capture_output=True, text=True, check=True
    )
    assert "CPUExecutionProvider" in done.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
