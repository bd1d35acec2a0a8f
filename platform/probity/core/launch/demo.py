"""`python -m probity demo`: demonstration cases for the Probity that runs here."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import postgres, programs, state
from .databases import resolve
from .errors import LaunchRefused
from .voice import Voice


def demo(*, remove: bool, only: Sequence[str] = (), as_json: bool = False) -> int:
    """Have the running installation take in demonstration cases, or remove them; the exit status.

    Raises LaunchRefused with a sentence when nothing runs for this home.
    """
    home = postgres.real_home()
    running = state.running(home)
    if running is None or not running.ready:
        raise LaunchRefused(
            "Probity does not run here yet, so there is nobody to look at demonstration cases. "
            "Start it with `make up` in another terminal, and repeat this when it says that it is "
            "ready."
        )
    voice = Voice(as_json=as_json)
    urls = resolve() if not resolve().embedded else resolve({"PROBITY_HOME": str(home)})
    env = programs.environment(
        home=home, app_url=urls.app, public_url=(running.url or "").rstrip("/")
    )
    arguments = ["demonstration", *(["--remove"] if remove else [])]
    arguments += [part for name in only for part in ("--only", name)]
    with subprocess.Popen(
        programs.manage(*arguments), env=env, cwd=home / "run", text=True, umask=0o077,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            voice.relay(line.rstrip("\n"))
        code = process.wait()
    if code == 0 and not remove:
        voice.say("Look at them in the list of cases; sign in as you do otherwise.")
    return 1 if code else 0
