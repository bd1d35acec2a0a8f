"""A named person approves a version of a policy pack, or takes that back."""

from __future__ import annotations

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.decisions.models import PackApproval, PackVersion
from probity.decisions.packs import pack_approve


def pack_approval_set(
    *, version: PackVersion, given: bool, note: str, actor: Actor
) -> PackApproval:
    """Record it; later evaluations say so beside every use. Raises NotAllowed, Conflict."""
    person = actor.require_person(Ability.LAW_APPROVE)
    return pack_approve(version=version, given=given, note=note, person=person, actor=actor.name)
