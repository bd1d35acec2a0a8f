"""Holding the database against the checkpoints that were kept outside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from foundation.chain import Head
from foundation.errors import Refusal
from foundation.log import Checkpoint, Frontier, HeadStatement, checkpoint_open

from .keys import log_verify_key
from .models import LogCheckpoint, LogLeaf
from .outside import outside_notes


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, in a sentence."""

    wrong: str
    sentence: str


@dataclass(frozen=True)
class Witness:
    """What the outside notes say of the log in the database."""

    notes: int
    leaves: int
    findings: list[Finding]

    @property
    def intact(self) -> bool:
        """Whether every note agrees."""
        return not self.findings


def log_witness() -> Witness:
    """Recompute the log's root at the size of every kept note, and compare."""
    opened, findings = _opened()
    leaves, frontier = 0, Frontier()
    roots: dict[int, bytes] = {}
    wanted = {checkpoint.size for _, checkpoint in opened}
    for leaf in LogLeaf.objects.order_by("index").iterator(chunk_size=10_000):
        if leaf.index != leaves:
            findings.append(Finding("removed", f"Leaf {leaves} of the log is missing."))
            break
        for _ in frontier.append(_statement(leaf).leaf):
            pass
        leaves += 1
        if leaves in wanted:
            roots[leaves] = frontier.root()
    findings += [
        finding for name, note in opened if (finding := _against(name, note, roots, leaves))
    ]
    findings += _unkept(wanted)
    return Witness(notes=len(opened), leaves=leaves, findings=findings)


def notes_beyond(leaves: int) -> dict[str, Checkpoint]:
    """The kept checkpoints, by file name, that know more than so many statements."""
    return {name: note for name, note in _opened()[0] if note.size > leaves}


def heads_logged(chain: str) -> list[Head]:
    """Every end that the log says this chain had."""
    return [_statement(leaf).as_head() for leaf in LogLeaf.objects.filter(chain=chain)]


def _statement(leaf: LogLeaf) -> HeadStatement:
    return HeadStatement(chain=leaf.chain, events=leaf.events, head=leaf.head)


def _opened() -> tuple[list[tuple[str, Checkpoint]], list[Finding]]:
    key, opened, findings = log_verify_key(), [], []
    for name, note in outside_notes():
        try:
            checkpoint = checkpoint_open(note, key)
        except Refusal as refusal:
            findings.append(Finding("altered", f"The kept checkpoint {name}: {refusal.sentence}"))
            continue
        opened.append((name, checkpoint))
    return opened, findings


def _against(name: str, note: Checkpoint, roots: dict[int, bytes], leaves: int) -> Finding | None:
    if note.size > leaves:
        return Finding(
            "truncated",
            f"The kept checkpoint {name} knows {note.size} statements, and the database has "
            f"{leaves}: an older state was put in its place.",
        )
    if roots.get(note.size) != note.root:
        return Finding(
            "forked",
            f"Up to statement {note.size} the log is not the one that was signed in {name}: "
            "it was written anew.",
        )
    return None


def _unkept(kept: set[int]) -> Iterator[Finding]:
    """Checkpoints of the database that nobody outside knows: the notes were taken away."""
    rows = LogCheckpoint.objects.values_list("size", flat=True)
    missing = sorted(set(rows) - kept)
    if missing:
        yield Finding(
            "removed",
            f"{len(missing)} checkpoints of the database are not kept outside, the first one of "
            f"{missing[0]} statements.",
        )
