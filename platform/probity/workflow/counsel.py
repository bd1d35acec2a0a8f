"""Addresses for outside counsel: made and closed by those who may export."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.bundles.counsel import counsel_link_make, counsel_link_revoke
from probity.bundles.models import CounselLink
from probity.cases.models import Case


@transaction.atomic
def counsel_invite(*, case: Case, label: str, days: int, actor: Actor) -> tuple[CounselLink, str]:
    """Make an expiring address; its secret comes second and is kept nowhere."""
    person = actor.require_person(Ability.BUNDLES_EXPORT)
    return counsel_link_make(case=case, label=label, days=days, person=person, actor=actor.name)


def counsel_dismiss(*, link: CounselLink, actor: Actor) -> None:
    """Close an address now."""
    actor.require_person(Ability.BUNDLES_EXPORT)
    counsel_link_revoke(link=link, actor=actor.name)
