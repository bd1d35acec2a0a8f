"""What a seal says, in sentences for people."""

from __future__ import annotations

# below it, what could be judged is no picture of the whole
LEAST_JUDGED = 0.2
_HARDLY = 0.5
_TOLD = 3


def absent() -> str:
    """No seal under this key."""
    return (
        "No seal of this key was found. That says nothing about how the file was made: it may "
        "never have been sealed, or the seal was lost to editing, cropping or strong compression."
    )


def still(*, work: str, judged: float, intact: float, places: int) -> str:
    """A sealed picture. ``judged``: share of the picture, ``intact``: share of what was judged."""
    begin = f"This picture was sealed with this key as work {work}."
    if judged < LEAST_JUDGED:
        return (
            f"{begin} It was compressed or changed so much that only {judged:.0%} of it can be "
            "judged: whether it was altered cannot be said."
        )
    if intact < _HARDLY:
        return (
            f"{begin} Most of it does not fit the seal any more ({1 - intact:.0%} of what could be "
            "judged): it was altered throughout, or processed as a whole."
        )
    if places:
        where = "One place was" if places == 1 else f"{places} places were"
        return f"{begin} {where} altered since ({1 - intact:.1%} of what could be judged)."
    return f"{begin} Nothing was altered in the {judged:.0%} of it that could be judged."


def frame_of_video(*, work: str) -> str:
    """A picture that is a frame of a sealed video."""
    return (
        f"This picture is a frame of a video that was sealed with this key as work {work}. Whether "
        "it was altered can only be judged in the video itself."
    )


def moving(
    *,
    work: str,
    order: bool,
    to_the_frame: bool,
    judged: float,
    places: int,
    events: list[str],
) -> str:
    """A sealed video. ``judged``: share of the pictures; ``events``: sentences about the order."""
    parts = [f"This video was sealed with this key as work {work}."]
    if not order:
        parts.append(
            "It was compressed so much that neither its order nor its pictures can be judged."
        )
        return " ".join(parts)
    if events:
        parts += events[:_TOLD]
        if len(events) > _TOLD:
            parts.append(f"{len(events) - _TOLD} more such places are listed.")
    elif to_the_frame:
        parts.append("Every frame is there, in its order and at its time.")
    else:
        parts.append(
            "Its order is unchanged as far as can be seen: compression hides changes of a few "
            "frames."
        )
    if places:
        where = "One place was" if places == 1 else f"{places} places were"
        parts.append(f"{where} altered in the picture.")
    elif judged < LEAST_JUDGED:
        parts.append("Whether its pictures were altered cannot be said after such compression.")
    else:
        parts.append(f"Nothing was altered in the {judged:.0%} of its pictures that can be judged.")
    return " ".join(parts)
