"""The Merkle tree of RFC 6962 section 2.1 over SHA-256, and its two kinds of proof.

A tree of ``size`` leaves splits at the largest power of two below ``size``. Proofs ask a reader
``node(level, index)`` for the hashes of *perfect* subtrees: ``index`` counts subtrees of
``2 ** level`` leaves from the left. Whoever keeps those nodes proves in O(log n) reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

EMPTY = sha256(b"").digest()
Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962 section 2.1: prefix 0x00)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (prefix 0x01)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, the largest first.

    Appending costs amortised one hash; nothing but the edge is kept.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf's hash; yield each perfect node that is now complete: level, index, hash."""
        yield 0, self.size, leaf
        carried, level, size = leaf, 0, self.size
        while size & 1:
            carried = node_hash(self.peaks.pop(), carried)
            size >>= 1
            level += 1
            yield level, size, carried
        self.peaks.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; that of the empty tree is SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY
        *others, right = self.peaks
        for peak in reversed(others):
            right = node_hash(peak, right)
        return right


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        for _ in frontier.append(leaf):
            pass
    return frontier.root()


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf ``index`` in a tree of ``size`` leaves (RFC 6962 section 2.1.1).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    return _path(index, 0, size, node)


def _path(index: int, start: int, size: int, node: Node) -> list[bytes]:
    if size == 1:
        return []
    split = _split(size)
    if index < split:
        return [*_path(index, start, split, node), _subtree(start + split, size - split, node)]
    return [*_path(index - split, start + split, size - split, node), _subtree(start, split, node)]


def inclusion_holds(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the path leads from the leaf's hash to the root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(other, found)
            while here and not here & 1:
                here >>= 1
                last >>= 1
        else:
            found = node_hash(found, other)
        here >>= 1
        last >>= 1
    return last == 0 and found == root


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with that of ``old`` (section 2.1.2).

    Raises ValueError unless ``0 < old <= new``.
    """
    if not 0 < old <= new:
        raise ValueError(f"No tree of {old} leaves can be the beginning of one of {new}.")
    return [] if old == new else _subproof(old, 0, new, node, whole=True)


def _subproof(old: int, start: int, size: int, node: Node, *, whole: bool) -> list[bytes]:
    if old == size:
        return [] if whole else [_subtree(start, size, node)]
    split = _split(size)
    if old <= split:
        right = _subtree(start + split, size - split, node)
        return [*_subproof(old, start, split, node, whole=whole), right]
    left = _subtree(start, split, node)
    return [*_subproof(old - split, start + split, size - split, node, whole=False), left]


def consistency_holds(
    old: int, new: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162 section 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here >>= 1
        last >>= 1
    older = newer = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            older, newer = node_hash(other, older), node_hash(other, newer)
            while here and not here & 1:
                here >>= 1
                last >>= 1
        else:
            newer = node_hash(newer, other)
        here >>= 1
        last >>= 1
    return last == 0 and older == old_root and newer == new_root


def _subtree(start: int, size: int, node: Node) -> bytes:
    """The root of ``size`` leaves from ``start`` on; perfect ones are read, others are joined."""
    level = size.bit_length() - 1
    if size == 1 << level:
        return node(level, start >> level)
    split = _split(size)
    return node_hash(_subtree(start, split, node), _subtree(start + split, size - split, node))


def _split(size: int) -> int:
    """The largest power of two below ``size`` (which is at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)
