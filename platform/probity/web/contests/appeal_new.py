"""The public door for whoever contests a decision: either receipt opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from probity.accounts.actors import REPORTER
from probity.cases.models import Case, Report
from probity.cases.selectors import report_by_receipt
from probity.contests.asking import (
    NO_COUNTER_NOTICE,
    TAKE_IT_DOWN,
    asking_read,
    kinds_open,
    open_until,
)
from probity.contests.models import Appeal, AppealState
from probity.contests.selectors import appeals_by
from probity.contests.words import GROUNDS, Kind, Outcome, Side
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound, Refusal, TooManyRequests
from probity.core.throttle import source_of, throttle
from probity.decisions.models import Action, Decision
from probity.decisions.selectors import decision_current
from probity.evidence.uploads import received_files
from probity.notices.selectors import page_by_receipt
from probity.web.language.later import later
from probity.web.language.said import said, said_of
from probity.web.language.tables import APPEAL_GROUND_WORDS as GROUND_WORDS
from probity.web.language.tables import APPEAL_OUTCOME_WORDS as OUTCOME_WORDS
from probity.web.language.tables import MEASURE_SENTENCES as MEASURES
from probity.workflow.appeal_receive import FILES_MAX, UPLOADER, appeal_send

KEPT = ("kind", "ground", "words", "email", "signature")
KIND_WORDS = {
    Kind.APPEAL: later("An appeal: somebody who did not decide looks at it again"),
    Kind.COUNTER_NOTICE: later("A counter-notice: I state and sign that it was removed by mistake"),
}


@dataclass(frozen=True)
class Contesting:
    """Who stands at the door, and what they may contest."""

    token: str
    case: Case
    report: Report | None
    decision: Decision | None

    @property
    def side(self) -> Side:
        """Reporter or uploader."""
        return Side.REPORTER if self.report else Side.UPLOADER

    @property
    def sent(self) -> list[Appeal]:
        """What they sent before, the latest first."""
        return list(appeals_by(self.case, report=self.report).order_by("-received_at"))

    @property
    def against_this(self) -> Appeal | None:
        """What they sent against the decision in force."""
        return next((row for row in self.sent if row.decision == self.decision), None)


@dataclass(frozen=True)
class AppealForm:
    """The form as it stands."""

    at: Contesting
    kept: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What may be sent against this decision."""
        if self.at.decision is None:
            return []
        return [
            (kind, KIND_WORDS[kind])
            for kind in kinds_open(side=self.at.side, decision=self.at.decision)
        ]

    @property
    def grounds(self) -> list[tuple[str, str]]:
        """Why it may be contested; the form lists those of an appeal, the widest."""
        return [(one, GROUND_WORDS[one]) for one in GROUNDS[self.at.side, Kind.APPEAL]]

    @property
    def no_counter_notice(self) -> str:
        """Why there is none, where somebody would look for one."""
        decision = self.at.decision
        uploads = self.at.side == Side.UPLOADER
        return NO_COUNTER_NOTICE if uploads and decision and TAKE_IT_DOWN in decision.rules else ""

    @property
    def measure(self) -> str:
        """What was decided, in a sentence."""
        return MEASURES[Action(self.at.decision.action)] if self.at.decision else ""

    @property
    def until(self) -> object:
        """The last moment."""
        return open_until(self.at.decision, report=self.at.report) if self.at.decision else None

    @property
    def too_late(self) -> bool:
        """Whether it is over."""
        decision = self.at.decision
        return decision is not None and open_until(decision, report=self.at.report) < now()

    @property
    def limit_files(self) -> int:
        """How many files."""
        return FILES_MAX

    @property
    def limit_bytes(self) -> int:
        """How large each may be."""
        return int(settings.UPLOAD_MAX_BYTES)

    @property
    def lines(self) -> list[dict[str, object]]:
        """What was sent and what became of it."""
        return [_line(row) for row in self.at.sent]


@never_cache
@require_http_methods(["GET", "POST"])
def appeal_new(request: HttpRequest, token: str) -> HttpResponseBase:
    """Contest the decision in force, or read what became of it."""
    at = contesting(token)
    if request.method == "GET":
        return _shown(request, AppealForm(at))
    throttle(scope="report", who=source_of(request), rate=settings.REPORT_RATE)
    given = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    try:
        asking = asking_read(given, side=at.side)
        appeal_send(
            case=at.case, asking=asking, report=at.report,
            actor=REPORTER if at.report else UPLOADER,
            files=received_files(request, "file"),
        )  # fmt: skip
    except TooManyRequests:
        raise
    except InvalidInput as wrong:
        return _shown(request, _again(at, given, said_of(wrong.fields)), status=wrong.status)
    except Refusal as refusal:
        return _shown(request, _again(at, given, {}, said(refusal.sentence)), status=refusal.status)
    return redirect(f"{request.path}?received")


def contesting(token: str) -> Contesting:
    """The one whose receipt this is, reporter or uploader; raises NotFound."""
    try:
        report = report_by_receipt(token)
    except NotFound:
        page = page_by_receipt(token)
        return Contesting(token, page.case, None, decision_current(page.case))
    return Contesting(token, report.case, report, decision_current(report.case))


def _again(
    at: Contesting, given: Mapping[str, str], errors: dict[str, str], refused: str = ""
) -> AppealForm:
    if "ground" in errors:
        errors["ground"] = gettext("Choose why you contest it.")
    return AppealForm(at, {name: given.get(name, "") for name in KEPT}, errors, refused)


def _shown(request: HttpRequest, page: AppealForm, *, status: int = 200) -> HttpResponse:
    fresh = "received" in request.GET
    response = render(
        request, "web/contests/appeal_new.html", {"page": page, "fresh": fresh}, status=status
    )
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _line(row: Appeal) -> dict[str, object]:
    ruling = row.rulings.filter(fell_at=None).first()
    closed = row.state == AppealState.CLOSED and ruling is not None
    return {
        "received_at": row.received_at,
        "due_at": row.due_at,
        "ground": GROUND_WORDS[row.ground],  # type: ignore[index]
        "files": row.evidence.count(),
        "closed": closed,
        "outcome": OUTCOME_WORDS[Outcome(ruling.outcome)] if closed and ruling else "",
        "reason": ruling.reason if closed and ruling else "",
        "closed_at": row.closed_at,
    }
