"""The door to verification: what do a file's Content Credentials say, and do they hold?"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

from foundation import child
from provenance import remote as far
from provenance import summary, trust
from provenance.api import CredentialRecord
from provenance.errors import DateInvalid, NotFetched
from provenance.files import must_be_readable
from provenance.thumbnails import Thumbnail
from provenance.thumbnails import read as thumbnails

__all__ = ["LIMITS", "CredentialRecord", "Thumbnail", "read", "thumbnails"]

_TARGET = "provenance.reading:inspect"
LIMITS = child.Limits(cpu_seconds=120, wall_seconds=150)


def read(
    path: Path,
    *,
    sidecar: Path | None = None,
    as_of: date | str | None = None,
    lists: Collection[str] | None = None,
    remote: Collection[str] | None = None,
) -> CredentialRecord:
    """Read and judge the credentials of a file, in the child and without any network.

    ``sidecar``: a manifest store that lies beside the file. ``as_of``: a day (date or
    YYYY-MM-DD) whose clock counts, with the versions of the lists that were out by then;
    ``not_checked`` says which had none. ``lists``: names of the trust lists to use (all that are
    known when None). ``remote``: hosts from which this process may fetch credentials that the file
    only points to; None means those of ``PROBITY_REMOTE_MANIFEST_HOSTS``, none by default.

    Raises FileUnreadable, SidecarTooLarge, DateInvalid, TrustListUnknown, TrustListInvalid,
    RemoteHostsInvalid and the child's refusals (timed out, died).
    """
    started = time.perf_counter()
    day = day_of(as_of)
    store = trust.load(lists, day=day)
    hosts = far.hosts() if remote is None else far.checked(remote)
    must_be_readable(path)
    if sidecar is not None:
        must_be_readable(sidecar)
    payload = {**_of_file(path, day), "sidecar": str(sidecar.absolute()) if sidecar else None}
    found = _inspect(payload, store)
    return finished(found, path=path, store=store, day=day, hosts=hosts, started=started)


def asked(day: date | None) -> dict[str, Any]:
    """What the child is told of the day: the last moment of it."""
    return {"as_of": datetime.combine(day, clock.max, UTC).isoformat() if day else None}


def finished(
    found: dict[str, Any],
    *,
    path: Path,
    store: trust.TrustStore,
    day: date | None,
    hosts: far.Hosts,
    started: float,
) -> CredentialRecord:
    """The record from what the child found, with what only this process knows: lists that are not
    here, and credentials that it may fetch."""
    found["remote"] = None
    if found["credentials"] == "remote_not_fetched" and hosts:
        found = _with_remote(found, path=path, day=day, store=store, hosts=hosts)
    return _record(found, store=store, day=day, started=started)


def _of_file(path: Path, day: date | None) -> dict[str, Any]:
    return {"path": str(path.absolute()), "sidecar": None, **asked(day)}


def _inspect(payload: dict[str, Any], store: trust.TrustStore) -> dict[str, Any]:
    """Ask a child; the certificates are only sent to one that does not know them yet."""
    sent = {**payload, "lists": [known.reference() for known in store.lists]}
    found: dict[str, Any] = child.call(_TARGET, sent, limits=LIMITS)
    if found.get("lists_wanted"):
        sent = {**payload, "lists": [known.payload() for known in store.lists]}
        found = child.call(_TARGET, sent, limits=LIMITS)
    return found


def _with_remote(
    found: dict[str, Any],
    *,
    path: Path,
    day: date | None,
    store: trust.TrustStore,
    hosts: far.Hosts,
) -> dict[str, Any]:
    """The record with the credentials that the file points to, where they may be fetched."""
    try:
        fetched = far.fetch(found["remote_url"], hosts)
    except NotFetched as reason:
        found["not_checked"] = [{"what": "remote-manifest", "sentence": reason.sentence}]
        return found
    again = _inspect({**_of_file(path, day), "store": fetched.data}, store)
    if again["credentials"] == "sidecar":
        again["credentials"] = "remote"
    return {**again, "remote_url": found["remote_url"], "remote": fetched.to_dict()}


def _record(
    found: dict[str, Any], *, store: trust.TrustStore, day: date | None, started: float
) -> CredentialRecord:
    ai = found.pop("ai")
    absent = [*(known.name for known in store.later), *(known.name for known in store.missing)]
    found["by_list"] = {**found["by_list"], **dict.fromkeys(absent)}
    found["versions"]["lists"] = {
        known.name: {
            "sha256": known.sha256,
            "date": known.date.isoformat(),
            "title": known.title,
        }
        for known in store.lists
    }
    if found["verdict"] != "none":
        not_judged = [
            *((known.name, known.title, known.sentence) for known in store.missing),
            *((known.name, known.title, _later(known, day)) for known in store.later),
        ]
        found["not_checked"] += [
            {"what": f"list:{name}", "sentence": sentence} for name, _, sentence in not_judged
        ]
        found["lists"] += [_not_judged(*entry) for entry in not_judged]
    found["summary"] = summary.of(found, ai_sentence=found["ai_sentence"])
    return CredentialRecord(
        **found,
        ai_use=ai["use"],
        ai_evidence=ai["evidence"],
        as_of=day.isoformat() if day else None,
        checked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _later(known: trust.TrustList, day: date | None) -> str:
    return (
        f"{known.title} as it stood on {day} is not kept here (the one that is dates "
        f"from {known.date}), so nothing was judged by it."
    )


def _not_judged(name: str, title: str, sentence: str) -> dict[str, Any]:
    """A row of the table of lists for one that nothing was judged by."""
    return {
        "name": name, "title": title, "date": None, "sha256": None, "own": False, "state": None,
        "verdict": None, "anchor": None, "sentence": sentence,
    }  # fmt: skip


def day_of(as_of: date | str | None) -> date | None:
    """The day that is meant; raises DateInvalid."""
    if isinstance(as_of, datetime):
        return as_of.astimezone(UTC).date()
    if as_of is None or isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except ValueError as error:
        raise DateInvalid(f"{as_of!r} is not a day; write it as YYYY-MM-DD.") from error
