"""Nothing that goes to an uploader carries a reporter's words, address, name or secrets.

What an uploader is told quotes only what the decider wrote. People copy; so what was written is
compared with every report of the case, before it is decided and again before it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from probity.cases.models import Case, Report
from probity.cases.receipts import receipt_token
from probity.core.errors import InvalidInput

#: So many of a report's words in a row are taken as copied from it.
RUN = 6
WORD = re.compile(r"\w+")
GONE = "[…]"
#: The part of an address before the @ names somebody when it is more than one plain word.
TELLING = re.compile(r"\w[._+-]\w|\d")
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
ITEM_KEYS = frozenset({"v", "id", "p", "post", "item", "photo", "video", "story", "list"})


@dataclass(frozen=True)
class Trace:
    """A stretch of a text that comes from a report; ``kind`` says what it is."""

    start: int
    end: int
    kind: str


def reporter_refuse(*, case: Case, field: str, text: str) -> None:
    """Raise InvalidInput when a text that goes to the uploader carries something of a reporter."""
    found = traces(case=case, text=text)
    if not found:
        return
    shown = text[found[0].start : found[0].end]
    if found[0].kind == "words":
        raise InvalidInput.of(
            {
                field: f"“{shown}” are words of a report. This text goes to whoever uploaded the "
                "content, who must not learn who reported it: say it in your own words."
            }
        )
    raise InvalidInput.of(
        {
            field: "This names or addresses whoever reported. The text goes to whoever uploaded "
            "the content: leave it out."
        }
    )


def without_reporters(*, case: Case, text: str) -> str:
    """The text with every trace of a reporter cut out."""
    for trace in sorted(traces(case=case, text=text), key=lambda found: -found.start):
        text = text[: trace.start] + GONE + text[trace.end :]
    return text


def traces(*, case: Case, text: str) -> list[Trace]:
    """Where a text carries something of a report of the case; disjoint, from the front."""
    reports = case.reports.select_related("contact")
    found = sorted(
        (trace for report in reports for trace in _of_report(report, text)),
        key=lambda trace: (trace.start, -trace.end),
    )
    joined: list[Trace] = []
    for trace in found:
        if joined and trace.start <= joined[-1].end:
            last = joined[-1]
            joined[-1] = Trace(last.start, max(last.end, trace.end), last.kind)
        else:
            joined.append(trace)
    return joined


def _of_report(report: Report, text: str) -> Iterator[Trace]:
    contact = getattr(report, "contact", None)
    if contact is not None:
        for known in (contact.email, contact.signature):
            yield from _literal(known, text, "contact")
        local = contact.email.partition("@")[0]
        yield from _literal(local if TELLING.search(local) else "", text, "contact")
    yield from _literal(receipt_token(report.pk), text, "secret")
    yield from _runs(report.explanation, text)


def _literal(known: str, text: str, kind: str) -> Iterator[Trace]:
    words = WORD.findall(known)
    if not words:
        return
    pattern = r"(?<!\w)" + r"[\W_]*".join(re.escape(word) for word in words) + r"(?!\w)"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield Trace(match.start(), match.end(), kind)


def _runs(said: str, text: str) -> Iterator[Trace]:
    """Stretches of RUN words and more that stand in both, whatever their case and punctuation."""
    known = [word.casefold() for word in WORD.findall(said)]
    runs = {tuple(known[at : at + RUN]) for at in range(len(known) - RUN + 1)}
    places = list(WORD.finditer(text))
    words = [place[0].casefold() for place in places]
    for at in range(len(words) - RUN + 1):
        if tuple(words[at : at + RUN]) in runs:
            yield Trace(places[at].start(), places[at + RUN - 1].end(), "words")


def address_shown(url: str) -> str:
    """The address of the content as its uploader may see it: no sender, no session, no remark.

    Of the query only what names an item stays, and the fragment never. Empty for what is none.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query)
        if key.lower() in ITEM_KEYS and OPAQUE.fullmatch(value)
    ]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{parts.scheme}://{host}{parts.path}{query}"
