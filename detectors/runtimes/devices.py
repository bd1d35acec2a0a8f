"""Which device to use, and what it is called. Importing this touches no device."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
from pathlib import Path

from detectors.api import DetectorError

DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")


class DeviceMissing(DetectorError):
    """The device that was asked for is not here."""

    code = "device-missing"


def pick(wanted: str = "auto") -> str:
    """``cpu`` or ``cuda:N`` for ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; looks at the devices, so
    never call it before a fork. Raises :class:`DeviceMissing`."""
    if not DEVICE.fullmatch(wanted):
        raise DeviceMissing(f"{wanted!r} is no device. Use auto, cpu, or cuda:N, such as cuda:0.")
    if wanted == "cpu":
        return "cpu"
    count = cuda_count()
    if wanted == "auto":
        return "cuda:0" if count else "cpu"
    number = int(wanted.partition(":")[2] or 0)
    if number >= count:
        found = f"{count} found" if count else "none was found"
        raise DeviceMissing(
            f"There is no device cuda:{number} here ({found}). Use auto or cpu, or install a build "
            "of torch or onnxruntime for CUDA together with NVIDIA's driver."
        )
    return f"cuda:{number}"


def cuda_count() -> int:
    """CUDA devices that torch or onnxruntime could use."""
    if importlib.util.find_spec("torch") is not None:
        import torch

        return int(torch.cuda.device_count())
    import onnxruntime

    return 1 if "CUDAExecutionProvider" in onnxruntime.get_available_providers() else 0


def name_of(device: str) -> str:
    """What the device is called, such as ``NVIDIA H100 80GB HBM3`` or the processor's name."""
    if device.startswith("cuda") and importlib.util.find_spec("torch") is not None:
        import torch

        return str(torch.cuda.get_device_name(int(device.partition(":")[2] or 0)))
    return _processor() if device == "cpu" else "a CUDA device"


def memory_of(device: str) -> tuple[int, int]:
    """Bytes in use and in all; of this process and this computer for the processor."""
    if device.startswith("cuda") and importlib.util.find_spec("torch") is not None:
        import torch

        free, total = torch.cuda.mem_get_info(int(device.partition(":")[2] or 0))
        return int(total - free), int(total)
    page = os.sysconf("SC_PAGE_SIZE")
    try:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page
    except (OSError, IndexError, ValueError):
        used = 0
    return used, page * os.sysconf("SC_PHYS_PAGES")


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
