"""Who is told what, in which language, by which way, and what the record keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from probity.audit.commitments import commitment_opens
from probity.audit.models import AuditEvent
from probity.audit.services import case_chain
from probity.cases.models import Case
from probity.decisions.measures import Asked
from probity.decisions.models import Measure, StatementOfReasons
from probity.keeping.forgetting import report_forget, uploader_forget
from probity.notices.forgetting import uploader_notices_forget
from probity.notices.models import Notice, Party, Way, Why
from probity.notices.selectors import appeal_until, told_at
from probity.notices.services import committed
from probity.notices.shipped import Text
from probity.outbox.models import Message

pytestmark = pytest.mark.django_db
Reported = Callable[..., Case]
Decide = Callable[..., Any]


def kinds(case: Case) -> list[tuple[str, str, str]]:
    return [(row.kind, row.to, row.way) for row in case.notices.order_by("at")]


def test_a_reporter_with_an_address_hears_at_once_and_again_when_it_is_decided(
    reported: Reported, decide: Decide
) -> None:
    case = reported()
    assert kinds(case) == [("receipt", "reporter", "mail")]
    decision = decide(case, "label")
    assert kinds(case) == [
        ("receipt", "reporter", "mail"), ("decided", "reporter", "mail"),
        ("statement", "uploader", "page"),
    ]  # fmt: skip
    told = case.notices.get(kind="decided")
    assert "The content stays visible and was labelled." in told.text
    assert "A person took this decision." in told.text
    assert "out-of-court" in told.text
    assert told.decision == decision
    message = Message.objects.get(pk=told.message_id)
    assert (message.body, message.subject) == (told.text, told.subject)
    assert message.recipient == "ada.byron@example.org"
    assert message.headers["Content-Language"] == "en"


def test_without_an_address_the_page_alone_has_it_and_the_record_says_so(
    reported: Reported, decide: Decide
) -> None:
    case = reported(email="")
    assert kinds(case) == []
    decide(case, "remove")
    assert kinds(case) == [("decided", "reporter", "page"), ("statement", "uploader", "page")]
    assert {row.why for row in case.notices.all()} == {Why.NO_CONTACT}
    sent = AuditEvent.objects.filter(chain_id=case_chain(case.pk), name="notice.sent")
    assert [event.payload["why"] for event in sent] == ["no_contact", "no_contact"]
    assert not Message.objects.filter(channel="mail").exists()


def test_the_exact_words_are_kept_and_the_log_vouches_for_them(
    reported: Reported, decide: Decide
) -> None:
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "remove")
    row = case.notices.get(kind="statement")
    event = AuditEvent.objects.get(
        chain_id=case_chain(case.pk), name="notice.sent", payload__notice=str(row.pk)
    )
    text = committed(Text(row.subject, row.text))
    assert event.payload["digest"] == row.digest
    assert commitment_opens(digest=row.digest, salt=row.salt, value=text)
    for change in ("text = 'other'", "salt = ''", "subject = 'x'", "way = 'page'"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE notices_notice SET {change} WHERE id = %s", [row.pk])


@pytest.mark.parametrize(
    ("uploader", "reporter", "expected"),
    [("de", "", ("de", "en")), ("", "de-AT", ("en", "de")), ("fr", "tr", ("en", "en"))],
)
def test_everybody_is_told_in_their_own_language_or_in_english(
    reported: Reported, decide: Decide, uploader: str, reporter: str, expected: tuple[str, str]
) -> None:
    case = reported(uploader={"language": uploader, "email": "up@example.net"}, language=reporter)
    decide(case, "remove")
    assert (
        case.notices.get(kind="statement").language,
        case.notices.get(kind="decided").language,
    ) == expected
    if expected[0] == "de":
        text = case.notices.get(kind="statement").text
        assert "Der Inhalt wurde entfernt." in text
        assert "Was Sie tun können" in text
        assert "{" not in text


def test_nothing_restricted_means_no_statement_to_the_uploader(
    reported: Reported, decide: Decide
) -> None:
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "no_action")
    assert not case.notices.filter(to="uploader").exists()
    assert StatementOfReasons.objects.filter(case=case).count() == 1


def test_an_uploader_never_learns_that_a_matter_went_to_an_authority(
    reported: Reported, decide: Decide
) -> None:
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "remove", "refer", "preserve")
    text = case.notices.get(kind="statement").text
    assert "authority" not in text.lower().replace("an order or a notice of an authority", "")
    assert "preserved" not in text
    assert "referred to the competent authority" in case.notices.get(kind="decided").text


def test_what_is_lifted_is_told_once(reported: Reported, decide: Decide) -> None:
    from probity.workflow.decision_told import measures_ended_tell

    case = reported(uploader={"email": "up@example.net", "language": "de"})
    decide(case, "remove")
    decide(case, "label", reason="A parody, on a second look.")
    lifted = case.notices.get(kind="lifted")
    assert "Der Inhalt darf wieder gezeigt werden." in lifted.text
    assert "Eine neue Entscheidung hat sie aufgehoben." in lifted.text
    assert case.notices.filter(kind="statement").count() == 2
    assert measures_ended_tell() == 0


def test_a_restriction_that_runs_out_is_told_once(
    reported: Reported, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from probity.workflow.decision_effect import decisions_sweep

    case = reported(uploader={"email": "up@example.net"})
    decide(case, Asked("age_gate", days=3))
    assert "until" in case.notices.get(kind="statement").text
    then = timezone.now() + timedelta(days=4)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)
    decisions_sweep()
    decisions_sweep()
    assert Measure.objects.get(decision__case=case).over_why == "expired"
    assert "no longer shown to adults only" in case.notices.get(kind="lifted").text


def test_deceptive_high_volume_content_is_owed_no_statement_and_the_record_says_why(
    reported: Reported, decide: Decide, reviewer: Any
) -> None:
    from probity.decisions.services import fact_answer

    case = reported(uploader={"email": "up@example.net"})
    fact_answer(
        case=case, name="high_volume_commercial_deception", value=True, person=reviewer.person,
        actor=reviewer.name,
    )  # fmt: skip
    decide(case, "remove")
    row = case.notices.get(kind="statement")
    assert (row.way, row.why, row.text) == (Way.WITHHELD, Why.HIGH_VOLUME, "")
    assert not Message.objects.filter(recipient="up@example.net").exists()


def test_six_months_count_from_being_told(reported: Reported, decide: Decide) -> None:
    case = reported()
    report = case.reports.get()
    decision = decide(case, "label")
    at = told_at(decision=decision, to=Party.REPORTER, report=report)
    until = appeal_until(decision=decision, to=Party.REPORTER, report=report)
    assert at
    assert until
    assert (until - at).days == 184
    assert f"{until.day} {until:%B %Y}" in case.notices.get(kind="decided").text


def test_an_erased_report_takes_what_was_written_to_its_sender_along(
    reported: Reported, decide: Decide, tmp_path: Any, settings: Any
) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    case = reported()
    decide(case, "label")
    report_forget(report=case.reports.get(), actor="system", why="test")
    for row in case.notices.filter(to="reporter"):
        assert (row.subject, row.text, row.salt, row.values) == ("", "", "", {})
        assert row.forgotten_at
        assert row.digest
    assert case.notices.get(kind="statement").text
    assert not Message.objects.exclude(recipient="").filter(channel="mail").exists()


def test_an_erased_uploader_takes_the_letters_along(
    reported: Reported, decide: Decide, tmp_path: Any, settings: Any
) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "label")
    assert case.uploader
    uploader_forget(uploader=case.uploader, case=case, actor="system", why="test")
    assert case.notices.get(kind="statement").text == ""
    assert case.notices.get(kind="decided").text
    assert not Message.objects.filter(recipient="up@example.net").exists()
    assert uploader_notices_forget(uploader=case.uploader, actor="system") == 0


def test_nobody_is_told_of_a_demonstration(reported: Reported, decide: Decide) -> None:
    case = reported()
    Notice.objects.filter(case=case).exists()
    Case.objects.filter(pk=case.pk).update(demonstration="sample")
    decide(Case.objects.get(pk=case.pk), "remove")
    assert not case.notices.exclude(kind="receipt").exists()
