"""What a report is about, as one digest: one undecided case gathers all that is said of it.

The digest of an address says nothing by itself, yet anybody who guesses the address can check it;
so it is erased with the report it came from.
"""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import connection
from django.db.models import Exists, OuterRef

from .models import Case, CaseState, Report

#: Parameters that say how somebody got to an address, not what lies there.
TRACKING = frozenset({"fbclid", "gclid", "igshid", "msclkid", "si", "ref_src"})
UNDECIDED = (CaseState.OPEN, CaseState.IN_REVIEW)


def target_of(*, url: str, reference: str = "") -> str:
    """The digest of a reported thing; empty where neither address nor reference is given.

    ``reference`` is the host platform's own name for it and goes before the address.
    """
    if reference.strip():
        return _digest(f"reference:{reference.strip()}")
    return _digest(f"url:{url_plain(url)}") if url else ""


def url_plain(url: str) -> str:
    """An address without what changes from visitor to visitor: scheme, www, tracking, fragment."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in TRACKING and not name.startswith("utm_")
    ]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}"


def targets_lock(*names: str) -> None:
    """Let no other report of the same things in until this transaction ends.

    Always in the same order, so that two reports never wait for each other.
    """
    with connection.cursor() as cursor:
        for name in sorted({name for name in names if name}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def case_of_target(*, target: str, sha256: str, category: str) -> Case | None:
    """The undecided case of the same thing, or of the same file and complaint, locked.

    None where there is none. One file can be two stories: the same clip may lie at many addresses
    and be reported for different harm. A decided case is never opened again by a stranger: what
    was decided can be carried.
    """
    found = Case.objects.select_for_update(of=("self",)).filter(
        state__in=UNDECIDED, demonstration="", removed_at=None
    )
    if target:
        known = Report.objects.filter(target=target, case__state__in=UNDECIDED).values("case")
        case = found.filter(pk__in=known).order_by("opened_at").first()
        if case:
            return case
    if sha256:
        said = Report.objects.filter(category=category, case__state__in=UNDECIDED).values("case")
        same = found.filter(items__asset=sha256, pk__in=said)
        return same.order_by("opened_at").first()
    return None


def target_keep(case: Case) -> None:
    """Name a locked case after its oldest report that names a thing nobody else is undecided on."""
    others = Case.objects.filter(state__in=UNDECIDED, demonstration="").exclude(pk=case.pk)
    taken = Exists(others.filter(target=OuterRef("target")))
    named = case.reports.exclude(target="").filter(~taken).order_by("received_at")
    target = named.values_list("target", flat=True).first() or ""
    if target != case.target:
        case.target = target
        case.save(update_fields=["target"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
