#!/usr/bin/env python3
"""Verify an evidence bundle with nothing but Python 3.9 or later: no network, nothing installed.

    python3 verify.py BUNDLE.zip [--key NAME+HASH+KEY] [--json]

It recomputes every hash, walks the case's log, follows the proof that the log was in the signed
checkpoint, and compares the records with what the log says of them. What it cannot check it says.
Better than the copy in the bundle is one you got elsewhere: a forger could have changed this one.
Exit status: 0 everything that could be checked holds; 1 something does not; 2 no bundle was read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

PASSED, FAILED, UNCHECKED = "passed", "failed", "could not check"
CHUNK = 1 << 20
SMALL = 64 << 20
EVENT = ("chain", "seq", "name", "at", "actor", "payload", "prev", "hash")
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]
Record = dict[str, Any]
Held = Callable[[Record, Record], bool]


class Broken(Exception):
    """Something does not hold; the message says what."""


# --- canonical JSON (RFC 8785) and hashes ------------------------------------------------------


written = json.encoder.encode_basestring
WORDS = {None: "null", True: "true", False: "false"}


def canonical(value: Any) -> str:
    if isinstance(value, str):
        return written(value)
    if value is None or isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(written(key) + ":" + canonical(value[key]) for key in keys) + "}"


def number(value: float) -> str:
    """A number as ECMAScript prints it (RFC 8785 section 3.2.2.3)."""
    if not math.isfinite(value):
        raise Broken("a number is not finite")
    if value == 0:
        return "0"
    parts = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, parts.digits))
    point = len(digits) + int(parts.exponent)
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        rest = "." + digits[1:] if len(digits) > 1 else ""
        text = f"{digits[0]}{rest}e{point - 1:+d}"
    return ("-" if value < 0 else "") + text


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    return sha256((value if isinstance(value, str) else canonical(value)).encode())


# --- Ed25519 (RFC 8032) ------------------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def point_times(scalar: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point, scalar = point_add(point, point), scalar >> 1
    return total


def point_read(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 0, 0, 0)


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    key, r = point_read(public), point_read(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or r is None or s >= Q:
        return False
    h = hashlib.sha512(signature[:32] + public + message).digest()
    left = point_times(s, BASE)
    right = point_add(r, point_times(int.from_bytes(h, "little") % Q, key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


def key_read(text: str) -> Key:
    name, _, rest = text.strip().partition("+")
    hashed, _, body = rest.partition("+")
    raw = base64.b64decode(body)
    if raw[:1] != b"\x01" or len(raw) != 33:
        raise Broken("the key is no Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != hashed:
        raise Broken("the key does not match its own hash")
    return name, bytes.fromhex(hashed), raw[1:]


def note_open(note: str, key: Key) -> str:
    """The text of a signed note (C2SP signed-note), once the key's signature on it holds."""
    name, hashed, public = key
    text, _, lines = note.rpartition("\n\n")
    for line in lines.splitlines():
        who, _, body = line.removeprefix("\u2014 ").rpartition(" ")
        raw = base64.b64decode(body) if who == name else b""
        if raw[:4] == hashed and signed(public, (text + "\n").encode(), raw[4:]):
            return text + "\n"
    raise Broken("no signature by " + name + " holds")


# --- the log -----------------------------------------------------------------------------------


def chain_walk(chain: str, events: Sequence[Record]) -> str:
    """The hash at the end of a chain; raises Broken at the first wrong event."""
    prev = sha256(b"probity.chain.genesis.v1\n" + canonical({"chain": chain}).encode())
    for place, event in enumerate(events, start=1):
        if sorted(event) != sorted(EVENT) or event["chain"] != chain:
            raise Broken(f"event {place} is not an event of this chain")
        body = {name: event[name] for name in EVENT if name != "hash"}
        if sha256(b"probity.chain.event.v1\n" + canonical(body).encode()) != event["hash"]:
            raise Broken(f"event {place} was altered")
        if event["seq"] != place or event["prev"] != prev:
            raise Broken(f"event {place} is missing, or another stands in its place")
        prev = event["hash"]
    return prev


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    here, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = hashlib.sha256(b"\x01" + other + found).digest()
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + other).digest()
        here, last = here >> 1, last >> 1
    return last == 0 and found == root and 0 <= index < size


def opens(commitment: str, salt: str, value: str) -> bool:
    return sha256(b"probity.chain.commitment.v1\n" + bytes.fromhex(salt) + value.encode()) == (
        commitment
    )


# --- the bundle --------------------------------------------------------------------------------


class Bundle:
    """A ZIP with one BagIt folder, read without unpacking it."""

    def __init__(self, path: str) -> None:
        self.zip = zipfile.ZipFile(path)
        names = [info.filename for info in self.zip.infolist() if not info.is_dir()]
        if len(names) != len(set(names)):
            raise Broken("a file stands in the archive twice")
        tops = {name.split("/")[0] for name in names}
        if len(tops) != 1 or any(".." in name.split("/") or name[:1] == "/" for name in names):
            raise Broken("the archive is not one folder")
        self.top = tops.pop() + "/"
        self.names = {name[len(self.top) :] for name in names}
        self.hashes: dict[str, str] = {}

    def hash(self, name: str) -> str:
        if name not in self.hashes:
            total = hashlib.sha256()
            with self.zip.open(self.top + name) as handle:
                for block in iter(lambda: handle.read(CHUNK), b""):
                    total.update(block)
            self.hashes[name] = total.hexdigest()
        return self.hashes[name]

    def read(self, name: str) -> bytes:
        if name not in self.names:
            raise Broken(f"{name} is missing")
        if self.zip.getinfo(self.top + name).file_size > SMALL:
            raise Broken(f"{name} is larger than such a file can be")
        return self.zip.read(self.top + name)

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def under(self, folder: str) -> list[str]:
        return sorted(name for name in self.names if name.startswith(folder))


class Report:
    """What was checked, and how it came out."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    def add(self, what: str, state: str, words: str) -> None:
        self.rows.append({"check": what, "state": state, "words": words})

    def run(self, what: str, check: Callable[..., str], *arguments: Any) -> None:
        try:
            self.add(what, PASSED, check(*arguments))
        except Broken as broken:
            self.add(what, FAILED, str(broken))
        except Exception as error:
            self.add(what, FAILED, f"it cannot be read: {type(error).__name__}: {error}")

    @property
    def failed(self) -> list[dict[str, str]]:
        return [row for row in self.rows if row["state"] == FAILED]


def manifest(bundle: Bundle, name: str) -> dict[str, str]:
    text = bundle.read(name).decode()
    lines = text.removesuffix("\n").split("\n") if text else []
    pairs = [re.fullmatch(r"([0-9a-f]{64})  (\S.*)", line) for line in lines]
    if not all(pairs) or not text.endswith("\n"):
        raise Broken(f"{name} has a line that is no hash and path")
    return {pair[2]: pair[1] for pair in pairs if pair}


def check_files(bundle: Bundle) -> str:
    tags = manifest(bundle, "tagmanifest-sha256.txt")
    payload = set(bundle.under("data/"))
    _compare(bundle, tags, bundle.names - payload - {"tagmanifest-sha256.txt"})
    listed = manifest(bundle, "manifest-sha256.txt")
    _compare(bundle, listed, payload)
    return f"{len(listed)} payload files and {len(tags)} others have the hashes that are listed."


def _compare(bundle: Bundle, listed: dict[str, str], names: set[str]) -> None:
    """Every listed file is there, unaltered, and no other."""
    for name in sorted(listed):
        if name not in names:
            raise Broken(f"{name} is missing")
        if bundle.hash(name) != listed[name]:
            raise Broken(f"{name} was altered")
    for extra in sorted(names - set(listed)):
        raise Broken(f"{extra} does not belong to the bundle")


def check_index(bundle: Bundle, key: Key) -> str:
    text = note_open(bundle.read("index.note").decode(), key)
    lines = text.splitlines()
    if lines[0] != "probity bundle index" or lines[1] != bundle.hash("index.json"):
        raise Broken("the signature is on another index than this one")
    listed = {row["path"]: row["sha256"] for row in bundle.json("index.json")["files"]}
    if listed != manifest(bundle, "manifest-sha256.txt"):
        raise Broken("the index lists other files than the bundle has")
    return f"The index of {len(listed)} files is signed by {key[0]}."


def check_originals(bundle: Bundle) -> str:
    count = 0
    for name in bundle.under("data/assets/"):
        parts = name.split("/")
        if parts[3:] == ["original"]:
            count += 1
            if bundle.hash(name) != parts[2]:
                raise Broken(f"{name} is not the file that its name says")
    return f"{count} original files have the SHA-256 under which they were received."


def check_chain(bundle: Bundle, walked: list[Record]) -> str:
    """Put the events into ``walked`` once they are seen to follow one another."""
    case = bundle.json("data/case.json")["id"]
    lines = bundle.read("data/log/events.jsonl").decode().splitlines()
    events = [json.loads(line) for line in lines]
    head = chain_walk(f"case:{case}", events)
    walked.extend(events)
    return f"{len(events)} events follow one another unaltered, up to {head[:16]}…."


def check_inclusion(bundle: Bundle, key: Key, events: Sequence[Record]) -> str:
    proof = bundle.json("data/log/inclusion.json")
    said = proof["statement"]
    origin, size, root = note_open(proof["checkpoint"], key).splitlines()[:3]
    if said["chain"] != events[0]["chain"] or events[said["events"] - 1]["hash"] != said["head"]:
        raise Broken("the checkpoint speaks of another log than the one in the bundle")
    leaf = hashlib.sha256(b"\x00" + canonical(said).encode()).digest()
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not included(leaf, proof["index"], int(size), path, base64.b64decode(root)):
        raise Broken("the proof does not lead to the signed root")
    later = len(events) - said["events"]
    more = f"; {later} later events are not" if later else ""
    return f"{said['events']} events are in checkpoint {size} signed by {origin}{more}."


def check_records(bundle: Bundle, events: Sequence[Record]) -> str:
    """The records in the bundle against what the log vouches for."""
    opened = redacted = 0
    vouched = set()
    for event in events:
        payload = event["payload"]
        for name, held in RECORDS.get(event["name"], ()):
            path = "data/" + name.format(**payload)
            if path not in bundle.names:
                redacted += 1
                continue
            if not held(bundle.json(path), payload):
                raise Broken(f"{path} is not what event {event['seq']} vouches for")
            opened += 1
            vouched.add(path)
    folders = {name.split("/")[0] for rows in RECORDS.values() for name, _ in rows}
    records = {name for folder in folders for name in bundle.under(f"data/{folder}/")}
    loose = sum(name.endswith(".json") for name in records - vouched)
    more = f" {redacted} are not in this bundle." if redacted else ""
    more += f" {loose} stand in no event of this log; ask which log has them." if loose else ""
    return f"{opened} records are what the log vouches for.{more}"


def text_held(member: str, commitment: str) -> Held:
    return lambda record, payload: words_held(record, payload[commitment], member, member)


def words_held(record: Record, commitment: str, salt: str, *members: str) -> bool:
    """Whether words are those committed to; nothing was said, is withheld, or was erased."""
    found = [record.get(member) for member in members]
    shown = [words if isinstance(words, str) else "" for words in found]  # else why it is withheld
    opened = record["salts"].get(salt) or ""
    said = "\n\n".join(shown)
    return not any(shown) or (bool(commitment and opened) and opens(commitment, opened, said))


def run_held(record: Record, payload: Record) -> bool:
    body = json.dumps(record["vouched"], sort_keys=True)
    return bool(sha256(body.encode()) == payload["digest"])


def evaluation_held(record: Record, payload: Record) -> bool:
    said = {"facts": record["facts"], "result": record["result"]}
    return bool(digest(said) == payload["digest"])


def decision_held(record: Record, payload: Record) -> bool:
    same = [record["action"], record["rules"]] == [payload["action"], payload["rules"]]
    return same and text_held("reason", "reason")(record, payload)


def notice_held(record: Record, payload: Record) -> bool:
    same = all((record[name] or "") == payload[name] for name in ("kind", "to", "way", "why"))
    return same and words_held(record, payload["digest"], "text", "subject", "text")


RECORDS: dict[str, list[tuple[str, Held]]] = {
    "report.received": [
        ("reports/{report}.json", text_held("explanation", "explanation")),
        ("reports/{report}.json", text_held("url", "url")),
        ("reports/{report}.json", text_held("email", "contact")),
    ],
    "run.finished": [("runs/{run}.json", run_held)],
    "law.evaluated": [("evaluations/{evaluation}.json", evaluation_held)],
    "case.decided": [("decisions/{decision}.json", decision_held)],
    "statement.issued": [
        ("statements/{statement}.json", lambda own, said: digest(own["text"]) == said["digest"])
    ],
    "notice.sent": [("notices/{notice}.json", notice_held)],
    "fact.answered": [
        (
            "answers/{answer}.json",
            lambda record, said: (record["name"], record["value"]) == (said["fact"], said["value"]),
        )
    ],
}


def check_packs(bundle: Bundle) -> str:
    names = bundle.under("data/packs/")
    for name in names:
        if digest(bundle.json(name)) != name.split("/")[-1][:-5]:
            raise Broken(f"{name} is not the policy pack that its name says")
    return f"{len(names)} policy packs have the digests that the evaluations name."


def verify(path: str, known_key: str | None = None) -> Report:
    """Check one bundle; the report. Raises Broken when there is nothing to read."""
    report = Report()
    try:
        bundle = Bundle(path)
    except (OSError, zipfile.BadZipFile, Broken) as error:
        raise Broken(f"This is no evidence bundle: {error}") from None
    report.run("files", check_files, bundle)
    try:
        own = key_read(bundle.read("data/log/log.vkey").decode())
        key = key_read(known_key) if known_key else own
    except Exception as error:
        report.add("key", FAILED, f"there is no usable key: {error}")
        return report
    if not known_key:
        words = "Whose key this is: compare it with one you got elsewhere (--key)."
        report.add("key", UNCHECKED, words)
    elif key == own:
        report.add("key", PASSED, "The bundle's key is the one you gave.")
    else:
        report.add("key", FAILED, "the bundle was signed with another key than the one you gave")
    report.run("index", check_index, bundle, key)
    report.run("originals", check_originals, bundle)
    events: list[Record] = []
    report.run("log", check_chain, bundle, events)
    if events:
        report.run("checkpoint", check_inclusion, bundle, key, events)
        report.run("records", check_records, bundle, events)
    report.run("policy packs", check_packs, bundle)
    stamps = len(bundle.under("data/log/stamps/"))
    more = f"{stamps} time-stamps of outside authorities: use `probity bundle verify`."
    none = "No outside authority stamped the checkpoint."
    report.add("time-stamps", UNCHECKED, more if stamps else none)
    inside = "Signatures inside the media: use `probity bundle verify`."
    report.add("content credentials", UNCHECKED, inside)
    return report


def main(arguments: list[str]) -> int:
    """Print a table of passed, failed and could not check."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("bundle", metavar="BUNDLE.zip")
    reader.add_argument("--key", metavar="NAME+HASH+KEY")
    reader.add_argument("--json", action="store_true")
    asked = reader.parse_args(arguments)
    try:
        report = verify(asked.bundle, asked.key)
    except Broken as broken:
        print(broken, file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps({"sound": not report.failed, "checks": report.rows}))
    else:
        for row in report.rows:
            print(f"{row['state']:>15}  {row['check']}: {row['words']}")
        print("Sound, as far as it could be checked." if not report.failed else "NOT SOUND.")
    return 1 if report.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
