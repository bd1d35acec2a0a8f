"""What the child gives up before it touches a hostile file (Linux; elsewhere little is possible).

Sources: man pages prctl(2), setrlimit(2), user_namespaces(7), seccomp(2), landlock(7),
capabilities(7). Everything is done by the child itself before it starts a thread, because code
between fork and exec in a threaded parent is unsafe.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

FILE_BYTES = 256 * 1024 * 1024
OPEN_FILES = 512

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

# (audit architecture, capset, socket, ptrace, process_vm_readv, process_vm_writev)
_ARCHITECTURES = {
    "x86_64": (0xC000003E, 126, 41, 101, 310, 311),
    "aarch64": (0xC00000B7, 91, 198, 117, 270, 271),
}
_IO_URING_SETUP = 425
_PIDFD_GETFD = 438

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_WRITE_FILE = 1 << 1
# write_file, remove_dir, remove_file and every make_* right of the first version
_CHANGES_V1 = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_SCOPE_ABSTRACT_SOCKET_AND_SIGNAL = 0b11


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; leave if that already happened."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def limit(*, memory_bytes: int) -> None:
    """Set the limits that hold for the whole life of the child."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    # macOS knows the name but refuses the call
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # when the machine runs out of memory this process goes first, not the one that serves people
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def limit_processor(seconds: int) -> None:
    """Allow so many seconds of processor time from now on; beyond them SIGXCPU ends the child."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + max(1, seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def leave_network() -> bool:
    """Move into an empty network namespace and drop every capability; True when it worked."""
    if sys.platform != "linux":
        return False
    libc = _libc()
    moved = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWNET) == 0
    _drop_capabilities(libc)
    return bool(moved)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    nothing = ctypes.create_string_buffer(bytes(24))
    libc.syscall(known[1], header, nothing)


def forbid_new_privileges() -> bool:
    """No setuid program can give rights back."""
    return sys.platform == "linux" and bool(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def forbid_sockets() -> bool:
    """Install a seccomp filter: no socket of any family (a database listens on a local one too),
    no io_uring (it could make sockets unseen), no reading of other processes. True when it holds.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    architecture, _, *denied = known
    program = _filter(architecture, [*denied, _IO_URING_SETUP, _PIDFD_GETFD])
    code = ctypes.create_string_buffer(program)
    # struct sock_fprog: length, padding, pointer
    handle = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    )
    return bool(_libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, handle, 0, 0) == 0)


def _filter(architecture: int, denied: list[int]) -> bytes:
    """Classic BPF over struct seccomp_data: refuse the denied system calls with EPERM."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, refuse, allow = 0x80000000, 0x00050001, 0x7FFF0000
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, kill), (load, 0, 0, 0)]
    # the x32 numbering of x86-64 would walk around the list
    checks = [(at_least, 0x40000000), *((equal, number) for number in denied)]
    for place, (test, number) in enumerate(checks):
        steps.append((test, len(checks) - place, 0, number))
    steps += [(answer, 0, 0, allow), (answer, 0, 0, refuse)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def confine_writing(scratch: Path) -> bool:
    """Allow changes to files below ``scratch`` and to devices only; True when Landlock holds."""
    if sys.platform != "linux":
        return False
    libc = _libc()
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    changes = _CHANGES_V1 | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    scope = _SCOPE_ABSTRACT_SOCKET_AND_SIGNAL if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", changes, 0, scope)[:size], size)
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    try:
        _allow(libc, rules, scratch, changes)
        _allow(libc, rules, Path("/dev"), _WRITE_FILE)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, folder: Path, rights: int) -> None:
    place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
        libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0)
    finally:
        os.close(place)
