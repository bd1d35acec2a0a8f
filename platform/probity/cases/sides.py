"""The account that uploaded what a case is about."""

from __future__ import annotations

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.parties.services import uploader_name

from .models import Case
from .notice import Account


@transaction.atomic
def case_uploader_set(*, case: Case, account: Account, actor: str) -> Case:
    """Write down whose upload a case is about, as the host platform names them.

    The first reference stays: what a later report says of somebody else changes nothing, save
    that the same account's address and language are brought up to date.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    known = locked.uploader
    if known is not None and known.reference != account.reference:
        return locked
    uploader = uploader_name(
        reference=account.reference, email=account.email, language=account.language
    )
    if known is None:
        locked.uploader = uploader
        locked.save(update_fields=["uploader"])
        event_append(
            chain=case_chain(locked.pk), name="case.uploader", actor=actor,
            payload={"uploader": str(uploader.pk)},
        )  # fmt: skip
    return locked
