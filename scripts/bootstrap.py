#!/usr/bin/env python3
"""Make .venv and put the pinned packages in it; run again, it does only what changed.

Usage: python3 scripts/bootstrap.py up | test | check | bench

Needs nothing but Python. Any Python from 3.6 on can start it: it looks for one that is new enough
(3.11 or later) and hands over to it. What it installs depends on the target:

    up      Probity itself
    check   torch, Probity and the development tools (types are checked against all of them)
    test    the same as check
    bench   the same as check
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from typing import Any, Dict, Iterator, List, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "probity-setup.json")
LOG = os.path.join(VENV, "probity-setup.log")
NEEDED = (3, 11)
# Continuous integration runs the first of these; the others have been seen to have every package.
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")
TORCH = "torch==2.13.0"
SOURCES = ("detectors", "foundation", "platform", "policy", "provenance")
WANTED = {
    "up": ("base",),
    "check": ("torch", "dev"),
    "test": ("torch", "dev"),
    "bench": ("torch", "dev"),
}
ADDRESS = re.compile(r"\S*://\S*")
PROBE = (
    "import sys\n"
    "try:\n"
    "    import ensurepip, venv\n"
    "    whole = 'whole'\n"
    "except ImportError:\n"
    "    whole = 'part'\n"
    "print('%d.%d' % sys.version_info[:2], whole)"
)


class Stop(Exception):
    """The set-up cannot go on; the text is one sentence for the person."""


def main(arguments: List[str]) -> int:
    """0 when everything is in place, 1 with a sentence when not, 2 for wrong usage."""
    if len(arguments) != 1 or arguments[0] not in WANTED:
        sys.stderr.write("Usage: python3 scripts/bootstrap.py %s\n" % " | ".join(WANTED))
        return 2
    try:
        if sys.version_info < NEEDED:
            interpreter = find_python()
            os.execv(interpreter, [interpreter, os.path.abspath(__file__), *arguments])
        set_up(WANTED[arguments[0]])
    except Stop as stop:
        sys.stderr.write("%s\n" % stop)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run it again to go on from here.\n")
        return 130
    return 0


def set_up(parts: "tuple[str, ...]") -> None:
    """Bring .venv to where every part is installed as pyproject.toml asks for it."""
    lock = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digests = wanted_digests()
        stamp = read_stamp()
        if not usable(stamp):
            make_venv()
            stamp = {"root": ROOT, "python": venv_version(), "parts": {}}
        for part in parts:
            if not installed(part, stamp=stamp, digests=digests):
                install(part)
                stamp["parts"][part] = digests[part]
                write_stamp(stamp)
        compile_sources()
    finally:
        os.close(lock)


# --- which Python ------------------------------------------------------------------------------


def find_python() -> str:
    """The first Python that is new enough and can make virtual environments; Stop if none."""
    lacking = ""
    for candidate in candidates():
        version, whole = probe(candidate)
        if version < NEEDED:
            continue
        if whole:
            return candidate
        lacking = lacking or "%d.%d" % version
    if lacking:
        raise Stop(
            "Python %s is here, but the part that makes virtual environments is missing. Install"
            " it (on Debian and Ubuntu: apt install python3-venv) and run this again." % lacking
        )
    raise Stop(
        "Probity needs Python 3.11 or later, and none was found. Install it (on Debian and Ubuntu:"
        " apt install python3 python3-venv) and run this again."
    )


def candidates() -> Iterator[str]:
    """Full paths of Pythons to try, none of them inside our own .venv."""
    seen = set()
    base = getattr(sys, "_base_executable", None) or sys.executable
    found = [base] + [shutil.which(name) for name in NAMES]
    found += [os.path.join(base_folder(), "python3")] if base_folder() else []
    for path in found:
        if path and path not in seen and not path.startswith(VENV + os.sep):
            seen.add(path)
            yield path


def base_folder() -> str:
    """Where the Python lies that made .venv; empty when that is not known."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as handle:
            pairs = [line.partition("=") for line in handle]
    except OSError:
        return ""
    return next((value.strip() for key, _, value in pairs if key.strip() == "home"), "")


def probe(path: str) -> "tuple[tuple[int, ...], bool]":
    """Its version (major, minor) and whether it can make virtual environments."""
    try:
        said = subprocess.check_output(
            [path, "-c", PROBE], stderr=subprocess.DEVNULL, universal_newlines=True
        )
        version, whole = said.split()
        return tuple(int(part) for part in version.split(".")), whole == "whole"
    except (OSError, subprocess.CalledProcessError, ValueError):
        return (0, 0), False


# --- the virtual environment -------------------------------------------------------------------


def usable(stamp: Dict[str, Any]) -> bool:
    """Whether .venv is whole, of this checkout, and of the Python that the stamp names."""
    if not os.path.isdir(VENV) or made_elsewhere():
        return False
    version = venv_version()
    if tuple(int(part) for part in version.split(".")[:2] if part) < NEEDED:
        return False
    if not stamp["parts"]:
        stamp.update(root=ROOT, python=version)
    return stamp["root"] == ROOT and stamp["python"] == version


def made_elsewhere() -> bool:
    """Whether .venv's programs name another folder: the checkout was moved or copied."""
    try:
        with open(os.path.join(VENV, "bin", "pip"), encoding="utf-8") as handle:
            return VENV + os.sep not in "".join([handle.readline(), handle.readline()])
    except OSError:
        return True


def venv_version() -> str:
    """The full version of .venv's Python; 0 when it does not run or has no pip."""
    script = "import pip, sys; print('.'.join(map(str, sys.version_info[:3])))"
    try:
        return subprocess.check_output(
            [PYTHON, "-c", script], stderr=subprocess.DEVNULL, universal_newlines=True
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return "0"


def make_venv() -> None:
    """Make .venv anew; an earlier one is removed, if it is one."""
    interpreter = find_python()
    if os.path.islink(VENV) or os.path.isfile(VENV):
        raise Stop("%s is not a folder of its own. Move it away and run this again." % VENV)
    if os.path.isdir(VENV):
        known = {"bin", "lib", "lib64", "include", "pyvenv.cfg", ".gitignore", "share"}
        if not known.issuperset(os.listdir(VENV)) and not os.path.exists(
            os.path.join(VENV, "pyvenv.cfg")
        ):
            raise Stop(
                "%s holds something else than a virtual environment. Move it away and run this"
                " again." % VENV
            )
        say("Removing an unusable .venv")
        shutil.rmtree(VENV)
    say("Making .venv")
    done = subprocess.run(
        [interpreter, "-m", "venv", VENV],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop(
            "The virtual environment could not be made (%s). On Debian and Ubuntu, apt install"
            " python3-venv helps." % last_line(done.stdout)
        )


# --- the packages ------------------------------------------------------------------------------


def wanted_digests() -> Dict[str, str]:
    """For each part a digest of what pyproject.toml says about it."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as handle:
        project = tomllib.load(handle)
    table = project["project"]
    base = [
        project["build-system"], table["dependencies"], table.get("scripts"),
        table.get("entry-points"), table["requires-python"],
        project["tool"]["hatch"]["build"].get("dev-mode-dirs"),
    ]  # fmt: skip
    dev = [base, table["optional-dependencies"]["dev"]]
    return {"base": digest(base), "dev": digest(dev), "torch": digest(TORCH)}


def digest(value: Any) -> str:
    """A short name for a value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def installed(part: str, *, stamp: Dict[str, Any], digests: Dict[str, str]) -> bool:
    """Whether a part is there already; the development tools come with Probity itself."""
    there = stamp["parts"]
    if part == "base" and there.get("dev") == digests["dev"]:
        return True
    return bool(there.get(part) == digests[part])


def install(part: str) -> None:
    """Let pip install one part."""
    what, arguments = {
        "base": ("Probity's packages", ["--editable", ROOT]),
        "dev": ("Probity's packages and the development tools", ["--editable", ROOT + "[dev]"]),
        "torch": ("torch", [TORCH]),
    }[part]
    run_pip(what, arguments)


def run_pip(what: str, arguments: List[str]) -> None:
    """Run pip with one moving line instead of its own words, which go to a log."""
    command = [
        PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
        "--progress-bar", "off", "--no-warn-script-location",
    ]  # fmt: skip
    progress = Progress("Installing %s" % what)
    process = subprocess.Popen(
        command + arguments, cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
        env=dict(os.environ, PIP_ROOT_USER_ACTION="ignore"),
    )  # fmt: skip
    wrong = []  # type: List[str]
    try:
        with open(LOG, "a", encoding="utf-8") as log:
            for line in process.stdout or ():
                log.write(line)
                progress.see(line)
                if line.startswith("ERROR"):
                    wrong.append(line)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        if process.stdout:
            process.stdout.close()
    progress.end()
    if code != 0:
        reason = ADDRESS.sub("(address)", wrong[-1].strip() if wrong else "no reason was given")
        raise Stop(
            "The packages could not be installed: %s. All that was said is in %s. Once the cause"
            " is gone (is the network there?), run this again." % (reason.rstrip("."), LOG)
        )


def compile_sources() -> None:
    """Compile what changed of Probity's own code, as pip does with every other package.

    The processes that read files cannot keep what Python compiles, nor can any where
    PYTHONDONTWRITEBYTECODE is set: each of them would compile all of it anew when it starts. Where
    that cannot be kept in the checkout, it stays so.
    """
    command = [PYTHON, "-m", "compileall", "-q"] + [os.path.join(ROOT, name) for name in SOURCES]
    with contextlib.suppress(OSError):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Progress:
    """One line that moves on a terminal; a line now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.moving = sys.stdout.isatty()
        self.found = 0
        self.begun = self.shown = time.time()
        say(title, moving=self.moving)

    def see(self, line: str) -> None:
        """Take one line of pip's into account."""
        words = line.split()
        if line.startswith("Collecting") and len(words) > 1:
            self.found += 1
            self.show("%d found, %s" % (self.found, re.split(r"[<>=!~;\[]", words[1])[0]))
        elif line.startswith("Installing collected packages"):
            self.show("unpacking %d" % len(line.split(",")), now=True)

    def show(self, detail: str, *, now: bool = False) -> None:
        """Show how far it is."""
        if self.moving:
            say("%s: %s" % (self.title, detail), moving=True)
        elif now or time.time() - self.shown > 15:
            self.shown = time.time()
            say("  %s" % detail)

    def end(self) -> None:
        """Leave the finished line standing."""
        say("%s: %.0f s" % (self.title, time.time() - self.begun), moving=self.moving)
        if self.moving:
            sys.stdout.write("\n")


def say(text: str, *, moving: bool = False) -> None:
    """Write a line, over the last one where it moves."""
    if moving:
        width = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r\x1b[K" + text[:width])
    else:
        sys.stdout.write(text + "\n")
    sys.stdout.flush()


def last_line(text: Optional[str]) -> str:
    """The last line with something on it."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return ADDRESS.sub("(address)", lines[-1]) if lines else "no reason was given"


# --- what was done before ----------------------------------------------------------------------


def read_stamp() -> Dict[str, Any]:
    """What an earlier run finished; empty when there was none."""
    empty = {"root": ROOT, "python": "", "parts": {}}  # type: Dict[str, Any]
    try:
        with open(STAMP, encoding="utf-8") as handle:
            return dict(empty, **json.load(handle))
    except (OSError, ValueError, TypeError):
        return empty


def write_stamp(stamp: Dict[str, Any]) -> None:
    """Write what is finished, all at once."""
    with open(STAMP + ".new", "w", encoding="utf-8") as handle:
        json.dump(stamp, handle)
    os.replace(STAMP + ".new", STAMP)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
