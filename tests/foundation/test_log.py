"""The Merkle tree against its definition, and signed checkpoints against forgers."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.log import (
    Checkpoint,
    CheckpointUnreadable,
    Frontier,
    HeadStatement,
    NoteUnreadable,
    SigningKey,
    VerifyKey,
    checkpoint_open,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    note_sign,
    root_of,
)

KEY = SigningKey("log.example", bytes(range(32)))


def mth(leaves: list[bytes]) -> bytes:
    """The definition in RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def grown(size: int) -> tuple[list[bytes], dict[tuple[int, int], bytes], Frontier]:
    frontier, nodes = Frontier(), {}
    leaves = [leaf_hash(bytes([number % 256, number // 256])) for number in range(size)]
    for leaf in leaves:
        for level, index, value in frontier.append(leaf):
            nodes[level, index] = value
    return leaves, nodes, frontier


@pytest.mark.parametrize("size", [*range(20), 63, 64, 65, 100, 257])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    leaves, _, frontier = grown(size)
    assert frontier.root() == mth(leaves) == root_of(leaves)


def test_known_answers_of_the_certificate_transparency_project() -> None:
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    leaves = [leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert root_of(leaves).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(1, 200), st.data())
def test_every_leaf_proves_itself_and_nothing_else(size: int, data: st.DataObject) -> None:
    leaves, nodes, frontier = grown(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, lambda level, place: nodes[level, place])
    known = {"size": size, "root": frontier.root()}
    assert inclusion_holds(leaves[index], index=index, proof=proof, **known)  # type: ignore[arg-type]
    assert not inclusion_holds(leaf_hash(b"x"), index=index, proof=proof, **known)  # type: ignore[arg-type]
    other = (index + 1) % size
    if other != index:
        assert not inclusion_holds(leaves[index], index=other, proof=proof, **known)  # type: ignore[arg-type]
    assert not inclusion_holds(leaves[index], index=index, proof=[*proof, bytes(32)], **known)  # type: ignore[arg-type]
    if proof:
        assert not inclusion_holds(leaves[index], index=index, proof=proof[:-1], **known)  # type: ignore[arg-type]


@given(st.integers(1, 120), st.integers(0, 120))
def test_an_older_tree_proves_to_be_the_beginning(old: int, more: int) -> None:
    new = old + more
    leaves, nodes, frontier = grown(new)
    proof = consistency_proof(old, new, lambda level, place: nodes[level, place])
    old_root, new_root = root_of(leaves[:old]), frontier.root()
    assert consistency_holds(old, new, old_root=old_root, new_root=new_root, proof=proof)
    forged = root_of([leaf_hash(b"other"), *leaves[1:old]])
    assert not consistency_holds(old, new, old_root=forged, new_root=new_root, proof=proof)
    if more:
        assert not consistency_holds(old, new, old_root=old_root, new_root=forged, proof=proof)
        assert not consistency_holds(
            old, new, old_root=old_root, new_root=new_root, proof=[*proof, bytes(32)]
        )


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, lambda *_: b"")
    with pytest.raises(ValueError, match="beginning"):
        consistency_proof(0, 3, lambda *_: b"")
    assert not inclusion_holds(b"", index=2, size=2, proof=[], root=b"")
    assert not consistency_holds(3, 2, old_root=b"", new_root=b"", proof=[])


def test_a_checkpoint_opens_with_its_own_key_only() -> None:
    statement = HeadStatement(chain="case:1", events=3, head="ab" * 32)
    checkpoint = Checkpoint(
        origin="log.example", size=1, root=root_of([statement.leaf]), extra=("2026-11-21",)
    )
    note = checkpoint.signed(KEY)
    assert note.splitlines()[:2] == ["log.example", "1"]
    assert checkpoint_open(note, KEY.verify_key) == checkpoint
    stranger = SigningKey("log.example", bytes(32)).verify_key
    with pytest.raises(NoteUnreadable, match="No signature"):
        checkpoint_open(note, stranger)
    with pytest.raises(NoteUnreadable, match="No signature"):
        checkpoint_open(note.replace("\n1\n", "\n2\n", 1), KEY.verify_key)


@pytest.mark.parametrize("note", ["", "log\n1\n", "log\n1\nx\n\n— log.example !!\n"])
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteUnreadable):
        checkpoint_open(note, KEY.verify_key)


@pytest.mark.parametrize(
    "text",
    ["log\n", "log\n01\n" + base64.b64encode(bytes(32)).decode() + "\n", "log\n1\nabc\n",
     "log\n1\n" + base64.b64encode(bytes(31)).decode() + "\n", "log\n-1\n\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused_though_signed(text: str) -> None:
    with pytest.raises(CheckpointUnreadable):
        checkpoint_open(note_sign(text, KEY), KEY.verify_key)


def test_a_public_key_travels_on_one_line() -> None:
    text = KEY.verify_key.text
    assert VerifyKey.read(text) == KEY.verify_key
    name, digest, key = text.split("+", 2)
    for wrong in (f"{name}+00000000+{key}", "nonsense", f"{name}+{digest}+AAAA"):
        with pytest.raises(NoteUnreadable):
            VerifyKey.read(wrong)
    with pytest.raises(ValueError, match="white space"):
        SigningKey("two words", bytes(32))
