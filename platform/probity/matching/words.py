"""Why something matched, in plain words: no name, no address, nothing of what is shown."""

from __future__ import annotations

from .models import Match, SignalKind

TURNS = (
    "", "turned a quarter clockwise", "upside down", "turned a quarter anticlockwise",
    "mirrored", "mirrored and turned", "mirrored and upside down", "mirrored and turned",
)  # fmt: skip


def match_sentence(match: Match) -> str:
    """One or two sentences: what is alike, how near, where, and from where it is known."""
    whence = (
        f"in the bank “{match.entry.bank.label}”" if match.entry else "in another file that is here"
    )
    return f"{_what(match)} {whence}.{_where(match)}"


def _what(match: Match) -> str:
    bits = f"{match.distance} of 256 bits differ"
    turned = f", {TURNS[match.turn]}" if match.turn else ""
    match SignalKind(match.signal):
        case SignalKind.SHA256 | SignalKind.MD5:
            return "The very same bytes are known:"
        case SignalKind.PDQ:
            return f"The picture looks alike ({bits}{turned}): it is known"
        case SignalKind.VIDEO:
            return f"Pictures of the film look alike ({bits}{turned}): they are known"
        case SignalKind.SOUND:
            return (
                f"It sounds alike ({match.distance / 10:.0f} % of the bits differ; by chance half "
                "would): the recording is known"
            )


def _where(match: Match) -> str:
    if match.known_at is None:
        return ""
    here = f"from {clock(match.at)} on" if match.at is not None else "this picture"
    long = f", for {match.seconds:.0f} seconds" if match.seconds else ""
    speed = f", played at {match.speed:.0%} of its speed" if match.speed not in (None, 1.0) else ""
    return f" Here {here} is there at {clock(match.known_at)}{long}{speed}."


def clock(seconds: float | None) -> str:
    """``1:07``."""
    whole = int(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"
