"""Who may do what: roles for people, scopes for tokens, one table of abilities for both."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is here for."""

    ADMINISTRATOR = "administrator"
    LEAD = "lead"
    SENIOR = "senior"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    AUDITOR = "auditor"
    CREATOR = "creator"


class Ability(StrEnum):
    """One thing that may be done; also the scope of a token."""

    REPORTS_WRITE = "reports:write"
    CASES_READ = "cases:read"
    CASES_WORK = "cases:work"
    ASSETS_SEAL = "assets:seal"
    AUDIT_READ = "audit:read"
    LAW_APPROVE = "law:approve"
    BUNDLES_EXPORT = "bundles:export"
    BUNDLES_FULL = "bundles:full"
    PEOPLE_MANAGE = "people:manage"
    ACCESS_OVERSEE = "access:oversee"
    WORKS_SIGN = "works:sign"
    BANKS_MANAGE = "banks:manage"
    OUTBOX_MANAGE = "outbox:manage"
    ALERTS_MANAGE = "alerts:manage"
    HOLDS_MANAGE = "holds:manage"
    ERASURES_DECIDE = "erasures:decide"
    RETENTION_MANAGE = "retention:manage"
    SENDERS_MANAGE = "senders:manage"
    APPEALS_DECIDE = "appeals:decide"
    ABUSE_DECIDE = "abuse:decide"
    REFERRALS_SUBMIT = "referrals:submit"
    QUEUES_MANAGE = "queues:manage"
    NOTICES_MANAGE = "notices:manage"
    DECISIONS_APPROVE = "decisions:approve"
    SECOND_PERSON_SET = "second-person:set"
    MEASURES_REPORT = "measures:report"
    CASES_EXPORT = "cases:export"
    BULK_RUN = "bulk:run"
    FIGURES_READ = "figures:read"
    WORK_READ = "work:read"
    CARE_MANAGE = "care:manage"
    QUALITY_MANAGE = "quality:manage"
    SEALS_LIFT = "seals:lift"


ALL = "all"

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.ADMINISTRATOR: frozenset(Ability),
    Role.LEAD: frozenset(
        {
            Ability.WORK_READ,
            Ability.CARE_MANAGE,
            Ability.QUALITY_MANAGE,
            Ability.REPORTS_WRITE,
            Ability.CASES_READ,
            Ability.CASES_WORK,
            Ability.ASSETS_SEAL,
            Ability.AUDIT_READ,
            Ability.BANKS_MANAGE,
            Ability.BUNDLES_EXPORT,
            Ability.ALERTS_MANAGE,
            Ability.HOLDS_MANAGE,
            Ability.QUEUES_MANAGE,
            Ability.NOTICES_MANAGE,
            Ability.ACCESS_OVERSEE,
            Ability.SENDERS_MANAGE,
            Ability.APPEALS_DECIDE,
            Ability.ABUSE_DECIDE,
            Ability.REFERRALS_SUBMIT,
            Ability.DECISIONS_APPROVE,
            Ability.SECOND_PERSON_SET,
            Ability.MEASURES_REPORT,
            Ability.CASES_EXPORT,
            Ability.BULK_RUN,
            Ability.FIGURES_READ,
            Ability.SEALS_LIFT,
        }
    ),
    Role.SENIOR: frozenset(
        {
            Ability.REPORTS_WRITE,
            Ability.CASES_READ,
            Ability.CASES_WORK,
            Ability.ASSETS_SEAL,
            Ability.AUDIT_READ,
            Ability.APPEALS_DECIDE,
            Ability.DECISIONS_APPROVE,
            Ability.BULK_RUN,
        }
    ),
    Role.REVIEWER: frozenset(
        {Ability.REPORTS_WRITE, Ability.CASES_READ, Ability.CASES_WORK, Ability.ASSETS_SEAL}
    ),
    Role.LEGAL: frozenset(
        {
            Ability.REPORTS_WRITE,
            Ability.CASES_READ,
            Ability.AUDIT_READ,
            Ability.LAW_APPROVE,
            Ability.BUNDLES_EXPORT,
            Ability.BUNDLES_FULL,
            Ability.HOLDS_MANAGE,
            Ability.NOTICES_MANAGE,
            Ability.ERASURES_DECIDE,
            Ability.APPEALS_DECIDE,
            Ability.ABUSE_DECIDE,
            Ability.REFERRALS_SUBMIT,
            Ability.CASES_EXPORT,
            Ability.SEALS_LIFT,
        }
    ),
    Role.AUDITOR: frozenset({Ability.CASES_READ, Ability.AUDIT_READ, Ability.FIGURES_READ}),
    Role.CREATOR: frozenset({Ability.WORKS_SIGN}),
}


def is_staff(roles: list[str]) -> bool:
    """Whether somebody with these roles may do more than a creator may."""
    return any(role != Role.CREATOR for role in roles)


def abilities_of(roles: list[str]) -> frozenset[Ability]:
    """The union of what the roles allow."""
    allowed: frozenset[Ability] = frozenset()
    for role in roles:
        allowed |= ABILITIES[Role(role)]
    return allowed


def abilities_in(scopes: list[str]) -> frozenset[Ability]:
    """What a token's scopes allow; ``all`` stands for every ability."""
    if ALL in scopes:
        return frozenset(Ability)
    return frozenset(Ability(scope) for scope in scopes)
