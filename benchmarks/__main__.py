"""`python -m benchmarks [TOPIC…]`: run all benchmarks or the named ones, one process each."""

from __future__ import annotations

import importlib
import subprocess
import sys

TOPICS = (
    "line",
    "claims",
    "queue",
    "queue_sweep",
    "appends",
    "verify",
    "check",
    "mutants",
    "media_mutants",
    "detect",
    "record",
    "policy",
    "watermark",
    "watermark_audio",
    "watermark_public",
    "fingerprint",
    "matching",
    "matching_copies",
    "image_cues",
    "video",
    "video_edits",
    "video_edits_sound",
    "video_edits_cut",
    "video_swaps",
    "video_mutants",
    "lip_sync",
    "gpu",
)


def main(arguments: list[str]) -> int:
    """Run and print; the exit status is that of the first benchmark that failed."""
    if "-h" in arguments or "--help" in arguments:
        print(f"usage: python -m benchmarks [{'|'.join(TOPICS)}]…")
        return 0
    if arguments[:1] == ["--only"]:
        for figure in importlib.import_module(f"benchmarks.{arguments[1]}").main():
            print(figure.line())
        return 0
    unknown = sorted(set(arguments) - set(TOPICS))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; choose from {', '.join(TOPICS)}.")
        return 2
    for topic in arguments or TOPICS:
        done = subprocess.run([sys.executable, "-m", "benchmarks", "--only", topic], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
