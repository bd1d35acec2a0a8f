"""Nothing of a reporter reaches an uploader; and who may not be told is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.cases.receipts import receipt_token
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.models import Decision
from probity.notices.guard import address_shown, reporter_refuse, traces, without_reporters
from probity.notices.holds import notice_hold_end, notice_hold_place, notice_holds_sweep
from probity.notices.models import Way, Why
from probity.notices.statements import statement_values

pytestmark = pytest.mark.django_db
Reported = Callable[..., Case]
Decide = Callable[..., Any]
COPIED = "The report says: my former partner Charles put MY face on this recording. That holds."


@pytest.mark.parametrize(
    "reason",
    [
        COPIED,
        "Write to ada.byron@example.org about it.",
        "Ada.Byron reported it.",
        "Reported by Countess  Ada King.",
    ],
)
def test_a_reason_that_carries_a_reporter_is_refused_before_anything_is_decided(
    reported: Reported, decide: Decide, reason: str
) -> None:
    case = reported(signature="Countess Ada King")
    with pytest.raises(InvalidInput) as refused:
        decide(case, "remove", reason=reason)
    assert "whoever uploaded the content" in refused.value.fields["reason"]
    assert not Decision.objects.filter(case=case).exists()


def test_what_a_reviewer_says_in_their_own_words_passes(reported: Reported) -> None:
    case = reported(signature="Ada King")
    text = "The face on the recording was put there by software; the person did not agree."
    assert traces(case=case, text=text) == []
    reporter_refuse(case=case, field="reason", text=text)


def test_a_report_that_comes_later_is_cut_out_as_well(reported: Reported, decide: Decide) -> None:
    """The reason was fine when it was written; the letter is made when it takes effect."""
    case = reported(explanation="Something is wrong here.", email="")
    decision = decide(case, "no_action", reason=COPIED)
    case.reports.update(explanation="my former partner Charles put my face on this recording")
    values = statement_values(decision=decision, sources=[], language="en")
    assert "Charles" not in values["facts"]
    assert "[…]" in values["facts"]


@given(
    before=st.text(max_size=20), after=st.text(max_size=20),
    at=st.integers(0, 9), length=st.integers(6, 12),
    way=st.sampled_from([str, str.upper, str.lower, lambda words: words.replace(" ", " – ")]),
)  # fmt: skip
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_run_of_a_reports_words_survives(
    reported: Reported, before: str, after: str, at: int, length: int, way: Any
) -> None:
    case = Case.objects.first() or reported(signature="Ada King")
    words = case.reports.get().explanation.split()
    copied = " ".join(words[at : at + length])
    left = without_reporters(case=case, text=f"{before} {way(copied)} {after} Ada King")
    assert not traces(case=case, text=left)
    assert "King" not in left.replace(before, "").replace(after, "")


def test_nothing_sent_to_the_uploader_has_anything_of_the_reporter(
    reported: Reported, decide: Decide
) -> None:
    for language in ("en", "de"):
        case = reported(
            signature="Countess Ada King", uploader={"email": "u@example.net", "language": language}
        )
        report = case.reports.get()
        decide(case, "remove")
        decide(case, "no_action", reason="A parody, on a second look.")
        sent = list(case.notices.filter(to="uploader"))
        assert [row.kind for row in sent] == ["statement", "lifted"]
        for row in sent:
            said = f"{row.subject} {row.text} {row.message.body if row.message else ''}".lower()
            for secret in ("ada", "byron", "king", "charles", "tuesday", "example.org",
                           receipt_token(report.pk).lower()):  # fmt: skip
                assert secret not in said, secret


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://v.example/watch?v=abc&from=ada#me", "https://v.example/watch?v=abc"),
        ("https://ada:pw@v.example/1?session=9", "https://v.example/1"),
        ("https://v.example/1?id=a%20name", "https://v.example/1"),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
    ],
)
def test_the_address_of_the_content_says_nothing_of_who_sent_it(url: str, shown: str) -> None:
    assert address_shown(url) == shown


def hold(case: Case, actor: Actor, **more: Any) -> Any:
    said = {
        "to": "uploader", "ground": "authority_order", "reason": "An inquiry goes on.",
        "reference": "Js 12/26", **more,
    }  # fmt: skip
    return notice_hold_place(case=case, actor=actor, **said)


def test_an_order_not_to_inform_holds_back_and_its_end_sends(
    reported: Reported, decide: Decide, lead: Actor
) -> None:
    case = reported(uploader={"email": "u@example.net"})
    placed = hold(case, lead)
    decide(case, "remove")
    kept = case.notices.get(kind="statement")
    assert (kept.way, kept.why, kept.text, kept.message) == (Way.WITHHELD, Why.HELD, "", None)
    assert case.notices.get(kind="decided").way == Way.MAIL
    (sent,) = notice_hold_end(hold=placed, reason="The inquiry is over.", actor=lead)
    assert (sent.way, sent.after) == (Way.MAIL, kept)
    assert "The content was removed." in sent.text
    events = AuditEvent.objects.filter(name__startswith="notice.hold").order_by("seq")
    assert [event.name for event in events] == ["notice.hold_placed", "notice.hold_ended"]
    assert "Js 12/26" not in str([event.payload for event in events])
    with pytest.raises(Conflict):
        notice_hold_end(hold=placed, reason="Again.", actor=lead)


def test_what_a_later_decision_replaced_is_not_sent_when_a_hold_ends(
    reported: Reported, decide: Decide, lead: Actor
) -> None:
    case = reported(uploader={"email": "u@example.net"})
    placed = hold(case, lead)
    decide(case, "remove")
    latest = decide(case, "label")
    sent = notice_hold_end(hold=placed, reason="Over.", actor=lead)
    assert {row.decision for row in sent if row.kind == "statement"} == {latest}


def test_a_hold_with_an_end_ends_by_itself(
    reported: Reported, decide: Decide, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    case = reported(uploader={"email": "u@example.net"})
    hold(case, lead, until=timezone.now() + timedelta(hours=1), to="")
    decide(case, "remove")
    assert case.notices.filter(way=Way.WITHHELD).count() == 2
    assert notice_holds_sweep() == 0
    then = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)
    assert notice_holds_sweep() == 1
    assert case.notices.exclude(after=None).count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("to", "press"), ("ground", "wish"), ("reason", " "), ("reference", "")],
)
def test_a_hold_on_telling_says_whom_why_and_on_whose_word(
    reported: Reported, lead: Actor, field: str, value: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        hold(reported(), lead, **{field: value})
    assert field in refused.value.fields


def test_only_those_who_manage_notices_hold_them_back(reported: Reported, reviewer: Actor) -> None:
    with pytest.raises(NotAllowed):
        hold(reported(), reviewer)
