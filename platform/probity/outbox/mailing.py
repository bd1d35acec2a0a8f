"""One e-mail through Django's backend."""

from __future__ import annotations

import smtplib
from email.utils import format_datetime

from django.core.mail import EmailMessage, get_connection

from .models import Message
from .posting import Answer, shown

PERMANENT = range(500, 600)


def mail_send(message: Message) -> Answer:
    """Hand a message to the mail server; its Message-ID is the same over all attempts."""
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=message.sender,
        to=[message.recipient],
        headers={
            "Message-ID": f"<{message.pk}@{message.sender.rpartition('@')[2].rstrip('>')}>",
            "Date": format_datetime(message.queued_at),
            "Auto-Submitted": "auto-generated",
            **message.headers,
        },
        connection=get_connection(fail_silently=False),
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        return Answer(
            status=code, text=shown(_bytes(text)), error="The mail server refused the recipient."
        )
    except smtplib.SMTPResponseException as error:
        return Answer(
            status=error.smtp_code,
            text=shown(_bytes(error.smtp_error)),
            error="The mail server refused the message.",
        )
    except (OSError, smtplib.SMTPException) as error:
        return Answer(error=f"The mail server gave no usable answer ({type(error).__name__}).")
    return Answer(status=250)


def _bytes(said: object) -> bytes:
    """Servers' words come as bytes or as text, whatever the types of smtplib promise."""
    return said if isinstance(said, bytes) else str(said).encode()
