"""Whom misuse is counted for: an uploader, an organisation, or whoever has a report's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from probity.cases.models import Report
from probity.core.errors import Conflict, NotFound
from probity.parties.models import Sender, Uploader


@dataclass(frozen=True)
class PartyOf:
    """Exactly one of the three. ``reporter`` is any report of theirs that left an address."""

    uploader: Uploader | None = None
    sender: Sender | None = None
    reporter: Report | None = None

    @classmethod
    def of_report(cls, report: Report) -> PartyOf:
        """The organisation a report came from, else whoever left their address with it.

        Raises Conflict where neither is known: nobody can be counted then.
        """
        if report.sender is not None:
            return cls(sender=report.sender)
        contact = getattr(report, "contact", None)
        if contact is None or not contact.email:
            raise Conflict("This report left no address, so there is nobody to count it for.")
        return cls(reporter=report)

    @classmethod
    def find(cls, kind: str, party_id: UUID) -> PartyOf:
        """By kind (uploader, sender, reporter) and id; raises NotFound."""
        if kind == "uploader":
            uploader = Uploader.objects.filter(pk=party_id, erased_at=None).first()
            if uploader:
                return cls(uploader=uploader)
        elif kind == "sender":
            sender = Sender.objects.filter(pk=party_id).first()
            if sender:
                return cls(sender=sender)
        elif kind == "reporter":
            report = Report.objects.select_related("contact").filter(pk=party_id).first()
            if report is not None and report.sender is None and _address(report):
                return cls(reporter=report)
        raise NotFound("There is no such party, or what was kept of it was erased.")

    @property
    def columns(self) -> dict[str, Any]:
        """As a row names it."""
        return {"uploader": self.uploader, "sender": self.sender, "reporter": self.reporter}

    @property
    def matching(self) -> Q:
        """Rows about this party; a reporter's are those of any report with the same address."""
        if self.uploader is not None:
            return Q(uploader=self.uploader)
        if self.sender is not None:
            return Q(sender=self.sender)
        return Q(reporter__contact__email__iexact=_address(self.reporter))

    @property
    def kind(self) -> str:
        """Uploader, sender or reporter."""
        return "uploader" if self.uploader else "sender" if self.sender else "reporter"

    @property
    def id(self) -> UUID:
        """The row that stands for it."""
        row = self.uploader or self.sender or self.reporter
        if row is None:
            raise ValueError("A party is one of three.")
        return row.pk

    @property
    def told(self) -> str:
        """How the log names it."""
        return f"{self.kind}:{self.id}"


def _address(report: Report | None) -> str:
    contact = getattr(report, "contact", None)
    return contact.email if contact else ""
