"""The command `probity trust`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provenance.trust import TrustList

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def trust() -> None:
    """The trust lists: whose credentials are believed."""


@trust.command(name="list")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The lists as they were on that day.")
@_JSON
def list_(*, as_of: dt.datetime | None, as_json: bool) -> None:
    """All known lists, with date and digest, and what is missing."""
    from foundation.terminal import emit_json, guarded, say, table
    from provenance import trust as lists

    with guarded():
        store = lists.load(day=as_of.date() if as_of else None)
        if as_json:
            for known in store.lists:
                emit_json({**known.to_dict(), "installed": True})
            for absent in store.missing:
                emit_json({**absent.to_dict(), "installed": False})
            return
        rows = [
            (known.name, known.title, known.date, known.counts["anchors"], known.sha256[:12])
            for known in store.lists
        ]
        if rows:
            table(("name", "title", "date", "anchors", "sha256"), rows)
        for known in store.lists:
            if known.to_dict()["overdue"]:
                say(f"{known.title} should have been renewed on {known.next_update}.")
        for known in store.later:
            say(f"{known.title}: no version of that day is kept here.")
        for absent in store.missing:
            say(absent.sentence)


@trust.command()
@click.argument("name")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The list as it was on that day.")
@_JSON
def show(name: str, *, as_of: dt.datetime | None, as_json: bool) -> None:
    """One list with its certificates."""
    from foundation.terminal import emit, emit_json, guarded, table
    from provenance import trust as lists
    from provenance.errors import TrustListUnknown

    with guarded():
        store = lists.load([name], day=as_of.date() if as_of else None)
        if store.missing:
            raise TrustListUnknown(store.missing[0].sentence)
        if store.later:
            raise TrustListUnknown(f"No version of the list {name} of that day is kept here.")
        known = store.lists[0]
        rows = list(_certificates(known))
        if as_json:
            emit_json({**known.to_dict(), "certificates": rows})
            return
        emit(f"{known.title}, {known.date}. {known.note}")
        emit(f"sha256 {known.sha256}")
        table(
            ("for", "subject", "until", "sha256"),
            [(row["for"], row["name"], row["not_after"][:10], row["sha256"][:16]) for row in rows],
        )


@trust.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", required=True, help="The list's name: small letters, digits, hyphens.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["signers", "time-stamps", "allowed"]),
    default="signers",
    show_default=True,
    help="Authorities of signers or of time-stamps, or certificates of single signers.",
)
@click.option("--title", help="What people read.")
@click.option("--date", type=_DAY, metavar="DATE", help="Since when its content holds (today).")
@click.option("--next-update", type=_DAY, metavar="DATE", help="When it should be renewed.")
@click.option("--note", help="A sentence that is shown where the list decides.")
@_JSON
def add(
    file: Path,
    *,
    name: str,
    purpose: str,
    title: str | None,
    date: dt.datetime | None,
    next_update: dt.datetime | None,
    note: str | None,
    as_json: bool,
) -> None:
    """Take a file of certificates into a list of one's own.

    FILE holds PEM certificates, or a list of trusted entities as JSON (ETSI TS 119 602). Every
    certificate must be whole and made for its purpose; else nothing is changed. An older version of
    the list is kept for --as-of.
    """
    from foundation.terminal import emit, emit_json, guarded
    from provenance import trust as lists

    with guarded():
        known = lists.add(
            file,
            name=name,
            purpose=purpose,
            title=title,
            date=date.date() if date else None,
            next_update=next_update.date() if next_update else None,
            note=note,
        )
        if as_json:
            emit_json(known.to_dict())
            return
        counts = known.counts
        emit(
            f"{known.title} of {known.date} has {counts['anchors']} signer anchors, "
            f"{counts['time_stamps']} time-stamp anchors and {counts['allowed']} single signers "
            f"(sha256 {known.sha256})."
        )


@trust.command()
@click.argument("names", nargs=-1)
@_JSON
def update(names: tuple[str, ...], *, as_json: bool) -> None:
    """Fetch the public lists that this release pins (all when none is named).

    Versions that were here before are kept, so that --as-of answers with the lists of its day.
    """
    from foundation.terminal import emit, emit_json, guarded
    from provenance import trust as lists

    with guarded():
        for done in lists.update(names or None):
            if as_json:
                emit_json({**done.known.to_dict(), "changed": done.changed})
            else:
                word = "fetched" if done.changed else "here already"
                emit(f"{done.known.title} of {done.known.date}: {word}.")


def _certificates(known: TrustList) -> Iterator[dict[str, Any]]:
    from provenance import certificates

    for purpose, pem in (("signers", known.anchors), ("time-stamps", known.time_stamps)):
        for certificate in certificates.parse_pem(pem.encode()) if pem else ():
            told = certificates.summary(certificate)
            yield {
                "for": purpose,
                "name": told["subject"]["name"],
                "organisation": told["subject"]["organisation"],
                "not_before": told["not_before"],
                "not_after": told["not_after"],
                "sha256": told["sha256"],
            }
