"""Writing to somebody who asked as the person shown: kept, and sent, in one transaction."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import SYSTEM, Actor
from probity.audit.services import case_chain
from probity.cases.models import CATEGORY_WORDS, Case, Category, Report
from probity.cases.targets import UNDECIDED
from probity.contests.request_models import RequestUpdate, UpdateKind
from probity.contests.updates import californian, update_write
from probity.decisions.services import case_evaluate
from probity.notices.kinds import Kind
from probity.notices.models import Party
from probity.notices.services import notice_send, party_language, received_values
from probity.outbox.services import webhooks_queue

from .clocks import case_clocks_set

CONFIRMED = {
    "en": (
        "We confirm that we have your request. While we decide we write to you again within 7 "
        "days, and we decide within 30 days of this confirmation."
    ),
    "de": (
        "Wir bestätigen, dass uns Ihre Anfrage vorliegt. Bis zur Entscheidung schreiben wir Ihnen "
        "innerhalb von 7 Tagen erneut; wir entscheiden innerhalb von 30 Tagen nach dieser "
        "Bestätigung."
    ),
}
BLOCK = "request.blocked"


@transaction.atomic
def request_update(*, report: Report, kind: str, text: str, actor: Actor) -> RequestUpdate:
    """Write to whoever asked. “blocked” also asks the host platform, by webhook, to keep the item
    out of view while the decision is pending. Raises InvalidInput, Conflict, NotAllowed."""
    row = update_write(report=report, kind=kind, text=text, actor=actor)
    if row.kind == UpdateKind.BLOCKED:
        _block(report.case, actor=actor.name)
    language = party_language(case=report.case, to=Party.REPORTER, report=report)
    notice_send(
        case=report.case, kind=Kind.UPDATE, to=Party.REPORTER, report=report,
        key=f"update:{row.pk}", actor=actor.name, language=language,
        values={
            "update": row.text,
            **received_values(
                report=report, language=language,
                category=CATEGORY_WORDS[Category(report.category)],
            ),
        },
    )  # fmt: skip
    _clocks_follow(report.case, actor=actor.name)
    return row


def _clocks_follow(case: Case, *, actor: str) -> None:
    """Stop the clock of what was written, and start those that count from it."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.state in UNDECIDED:
        case_clocks_set(
            case=locked, evaluation=case_evaluate(case=locked, actor="system"), actor=actor
        )


def request_confirm(*, report: Report) -> None:
    """Confirm a request under SB 981 at once, in the transaction that took it in."""
    if not californian(report):
        return
    language = party_language(case=report.case, to=Party.REPORTER, report=report)
    text = CONFIRMED.get(language, CONFIRMED["en"])
    request_update(report=report, kind=UpdateKind.CONFIRMED, text=text, actor=SYSTEM)


def _block(case: Case, *, actor: str) -> None:
    addresses = list(case.reports.exclude(url="").values_list("url", flat=True).distinct())
    webhooks_queue(
        kind=BLOCK, key=f"block:{case.pk}", actor=actor, about=f"case:{case.pk}",
        chain=case_chain(case.pk),
        data={
            "case": {"id": str(case.pk), "number": case.label, "category": case.category},
            "until": "decision",
            "target": {
                "urls": addresses,
                "sha256": list(case.items.values_list("asset_id", flat=True)),
            },
        },
    )  # fmt: skip
