"""The record: verification, checkpoints, bundles, each against the bare work it contains."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import stage
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    from probity.cases.models import Case
    from probity.evidence.uploads import ReceivedFile

CHAINS = 50_000
EVENTS = 1_000_000
WALKED = 20_000
MEGABYTES = 256
HONEST = int(os.environ.get("PROBITY_BENCH_HONEST", "200"))


def main() -> list[Figure]:
    """Measure in one database of the benchmark's own."""
    home = stage.django_begin()
    figures = [_verification(), *_checkpoints(), *_bundles(home)]
    _honest()
    keep("record", figures)
    return figures


def _verification() -> Figure:
    """A chain of events walked, against hashing the same canonical bytes."""
    from django.db import transaction

    from foundation import chain as links
    from probity.audit.selectors import chain_events, chain_verify
    from probity.audit.services import as_link, event_append

    with transaction.atomic():
        for number in range(WALKED):
            event_append(
                chain="case:walked", name="case.state", actor="system",
                payload={"was": "open", "now": str(number)},
            )  # fmt: skip
    begun = time.perf_counter()
    verdict = chain_verify("case:walked")
    walked = WALKED / (time.perf_counter() - begun)
    if not verdict.intact:
        raise SystemExit(verdict.sentence)
    events = [as_link(event) for event in chain_events("case:walked")]
    begun = time.perf_counter()
    for event in events:
        hashlib.sha256(links.canonical(event.to_dict())).digest()
    bare = WALKED / (time.perf_counter() - begun)
    return Figure(
        "events verified", walked, bare, "events/s", "canonical JSON and SHA-256 alone", "higher"
    )


def _checkpoints() -> list[Figure]:
    """The first checkpoint of a million events in many chains, then one after some moved."""
    from django.db import connection

    from probity.audit.checkpoints import checkpoint_make

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_chain (name, events, head)"
            " SELECT 'case:made-' || n, %s, encode(sha256(n::text::bytea), 'hex')"
            " FROM generate_series(1, %s) n",
            [EVENTS // CHAINS, CHAINS],
        )
    first = _seconds(checkpoint_make)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_chain SET events = events + 1, head = encode(sha256(head::bytea), 'hex')"
            " WHERE name IN (SELECT name FROM audit_chain WHERE name LIKE 'case:made-%%' LIMIT 500)"
        )
    later = _seconds(checkpoint_make)
    leaves = [hashlib.sha256(str(number).encode()).digest() for number in range(CHAINS)]
    from foundation.log import root_of

    bare = _seconds(lambda: root_of(leaves))
    return [
        Figure(
            f"first checkpoint, {EVENTS:,} events in {CHAINS:,} chains", first, bare, "s",
            "the Merkle root alone", "lower",
        ),
        Figure("next checkpoint, 500 chains moved", later, bare, "s",
               "the whole Merkle root alone", "lower"),
    ]  # fmt: skip


def _bundles(home: Path) -> list[Figure]:
    """Export and verification of a bundle with one large file, against sha256sum of its bytes."""
    from probity.bundles.models import Export
    from probity.bundles.services import export_build
    from probity.evidence.selectors import bundle_open

    case = _case(1, size=MEGABYTES << 20)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        export = _asked(case)
        exported = _seconds(lambda: export_build(export))
        if Export.objects.get(pk=export.pk).state != "done":
            raise SystemExit(export.error)
        path = Path(folder) / "bundle.zip"
        with bundle_open(export.storage_name) as source:
            path.write_bytes(source.read())
        bare = _seconds(lambda: subprocess.run(["sha256sum", path], check=True, stdout=-3))
        verified = _seconds(lambda: _verify(path))
    return [
        Figure(name, MEGABYTES / seconds, MEGABYTES / bare, "MB/s", "sha256sum", "higher")
        for name, seconds in (("bundle export", exported), ("bundle verify", verified))
    ]


def _honest() -> None:
    """Honest cases of many kinds: the verifier may raise no alarm on any."""
    alarms = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(HONEST):
            export = _asked(_case(seed + 2, size=2_000 + seed * 13))
            from probity.bundles.services import export_build
            from probity.evidence.selectors import bundle_open

            export_build(export)
            path = Path(folder) / f"{seed}.zip"
            with bundle_open(export.storage_name) as source:
                path.write_bytes(source.read())
            alarms += _verify(path)
    print(f"false alarms on {HONEST} honest bundles: {alarms}")
    if alarms:
        raise SystemExit(1)


def _case(seed: int, *, size: int) -> Case:
    """A case with a file of random bytes, answered and decided in a way of its own."""
    from probity.accounts.actors import person_actor
    from probity.accounts.models import Person
    from probity.accounts.services import person_create
    from probity.cases.claims import case_claim
    from probity.cases.models import Category
    from probity.cases.notice import notice_read
    from probity.workflow.case_decide import case_decide, facts_answer
    from probity.workflow.report_receive import report_receive

    person = Person.objects.filter(username="bench").first()
    person = person or person_create(username="bench", roles=["administrator"])[0]
    actor = person_actor(person)
    notice = notice_read(
        {
            "category": list(Category)[seed % len(Category)], "explanation": f"Report {seed} – “é”",
            "places": ["US-CA", "DE", "KR"][seed % 3],
            "email": f"p{seed}@example.org" if seed % 2 else "",
        },
        has_file=True,
    )  # fmt: skip
    with _sound(seed, size) as upload:
        receipt = report_receive(notice=notice, upload=upload, channel="api", actor=actor)
    case_claim(case=receipt.case, actor=actor)
    facts_answer(case=receipt.case, answers={"synthetic": seed % 2 == 0}, actor=actor)
    if seed % 3:
        case_decide(
            case=receipt.case, action=["remove", "label", "no_action"][seed % 3],
            reason=f"Reason {seed}\n“quoted” \u2028", rules=[], actor=actor,
        )  # fmt: skip
    return receipt.case


def _sound(seed: int, size: int) -> ReceivedFile:
    """A WAV of noise of about this many bytes, as an upload that has arrived."""
    import wave

    from django.conf import settings

    from probity.evidence.uploads import ReceivedFile

    path = Path(settings.INCOMING) / f"upload-{seed}"
    block = hashlib.shake_256(str(seed).encode()).digest(min(size, 1 << 20))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        for _ in range(max(1, size // len(block))):
            out.writeframes(block[: len(block) // 2 * 2])
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return ReceivedFile(path=path, sha256=digest, size=path.stat().st_size, name="noise.wav")


def _asked(case: Case) -> Any:
    from probity.bundles.models import Export
    from probity.bundles.services import export_request

    export = export_request(
        case=case, profile="court", purpose="Benchmark", recipient="Nobody", why="",
        person=None, actor="system",
    )  # fmt: skip
    Export.objects.filter(pk=export.pk).update(state="building")
    return export


def _verify(path: Path) -> int:
    """The verifier in a process of its own; 0 when the bundle holds."""
    from foundation.bundle import standalone

    script = str(standalone.__file__)
    done = subprocess.run(
        [sys.executable, "-I", script, str(path)], stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
