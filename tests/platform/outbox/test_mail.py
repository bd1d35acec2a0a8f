"""E-mail through Django's backend: what fails for a while, and what fails for good."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from probity.core.errors import InvalidInput
from probity.outbox import mailing
from probity.outbox.delivery import outbox_deliver
from probity.outbox.models import Attempt, Message
from probity.outbox.services import mail_queue

pytestmark = pytest.mark.django_db


def queue(key: str = "k", **more: Any) -> Message:
    given = {"kind": "note", "to": "ada@example.org", "subject": "Grüße", "text": "Hallo – ü\n"}
    return mail_queue(key=key, actor="system", **(given | more))


class Broken(EmailBackend):
    """A mail server that refuses as it is told."""

    error: Exception = OSError()

    def send_messages(self, messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> type[Broken]:
    monkeypatch.setattr(mailing, "get_connection", lambda **_: Broken())
    return Broken


def test_it_leaves_as_it_was_written_down(settings: Any) -> None:
    settings.MAIL_FROM = "Desk <desk@probity.example>"
    message = queue(headers={"List-Unsubscribe": "<https://x.example/>"})
    assert queue().pk == message.pk
    assert mail.outbox == []
    assert outbox_deliver() == 1
    (sent,) = mail.outbox
    told = sent.message()
    assert told["Message-ID"] == f"<{message.pk}@probity.example>"
    assert told["From"] == "Desk <desk@probity.example>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["List-Unsubscribe"] == "<https://x.example/>"
    assert (sent.subject, sent.body) == (message.subject, message.body)


def test_a_refused_recipient_is_dead_at_once(broken: type[Broken]) -> None:
    broken.error = smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})
    message = queue()
    outbox_deliver()
    message.refresh_from_db()
    assert (message.state, message.error) == ("dead", "The mail server refused the recipient.")
    assert Attempt.objects.get().answer == "no such user"


@pytest.mark.parametrize(
    "error",
    [
        OSError("down"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPResponseException(451, b"later"),
    ],
)
def test_a_server_in_trouble_gets_it_later(broken: type[Broken], error: Exception) -> None:
    broken.error = error
    first, second = queue("a"), queue("b")
    outbox_deliver()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == second.state == "waiting"
    assert first.attempts == 1
    assert second.attempts == (1 if isinstance(error, smtplib.SMTPResponseException) else 0)


@pytest.mark.parametrize(
    "wrong", [{"to": "nobody"}, {"to": "a@b.example\nBcc: c@d.example"}, {"subject": "a\nb"}]
)
def test_what_is_no_mail_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        queue(**wrong)
    assert not Message.objects.exists()
