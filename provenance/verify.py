"""The door to verification: what do a file's Content Credentials say, and do they hold?"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

from foundation import child
from provenance import trust
from provenance.api import CredentialRecord
from provenance.errors import DateInvalid
from provenance.files import must_be_readable

LIMITS = child.Limits(cpu_seconds=120, wall_seconds=150)


def read(
    path: Path,
    *,
    sidecar: Path | None = None,
    as_of: date | str | None = None,
    lists: Collection[str] | None = None,
) -> CredentialRecord:
    """Read and judge the credentials of a file, in the child and without any network.

    ``sidecar``: a manifest store that lies beside the file. ``as_of``: a day (date or
    YYYY-MM-DD) whose clock counts; lists of a later date are not used then, and ``not_checked``
    says so. ``lists``: names of the trust lists to use (all that are known when None).

    Raises FileUnreadable, SidecarTooLarge, DateInvalid, TrustListUnknown, TrustListInvalid and
    the child's refusals (timed out, died).
    """
    started = time.perf_counter()
    day = _day(as_of)
    store = trust.load(lists)
    used = [known for known in store.lists if day is None or known.date <= day]
    must_be_readable(path)
    if sidecar is not None:
        must_be_readable(sidecar)
    payload = {
        "path": str(path.absolute()),
        "sidecar": str(sidecar.absolute()) if sidecar else None,
        "lists": [known.payload() for known in used],
        "as_of": datetime.combine(day, clock.max, UTC).isoformat() if day else None,
    }
    found: dict[str, Any] = child.call("provenance.reading:inspect", payload, limits=LIMITS)
    return _record(found, store=store, day=day, started=started)


def _record(
    found: dict[str, Any], *, store: trust.TrustStore, day: date | None, started: float
) -> CredentialRecord:
    later = [known for known in store.lists if day is not None and known.date > day]
    ai = found.pop("ai")
    absent_lists = [known.name for known in later] + [known.name for known in store.missing]
    found["by_list"] = {**found["by_list"], **dict.fromkeys(absent_lists)}
    found["versions"]["lists"] = {
        known.name: {
            "sha256": known.sha256,
            "date": known.date.isoformat(),
            "title": known.title,
        }
        for known in store.lists
        if known not in later
    }
    if found["verdict"] != "none":
        found["not_checked"] += [
            {"what": f"list:{known.name}", "sentence": known.sentence} for known in store.missing
        ]
        found["not_checked"] += [_later(known, day) for known in later]
    return CredentialRecord(
        **found,
        ai_use=ai["use"],
        ai_evidence=ai["evidence"],
        as_of=day.isoformat() if day else None,
        checked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _later(known: trust.TrustList, day: date | None) -> dict[str, str]:
    return {
        "what": f"list:{known.name}",
        "sentence": f"{known.title} as it stood on {day} is not kept here (the one that is dates "
        f"from {known.date}), so nothing was judged by it.",
    }


def _day(as_of: date | str | None) -> date | None:
    if isinstance(as_of, datetime):
        return as_of.astimezone(UTC).date()
    if as_of is None or isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except ValueError as error:
        raise DateInvalid(f"{as_of!r} is not a day; write it as YYYY-MM-DD.") from error
