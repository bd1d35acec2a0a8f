"""Roles and abilities in plain words, for the people who give them."""

from __future__ import annotations

from .roles import Ability, Role

ROLE_WORDS = {
    Role.ADMINISTRATOR: "Administrator",
    Role.LEAD: "Lead",
    Role.SENIOR: "Senior reviewer",
    Role.REVIEWER: "Reviewer",
    Role.LEGAL: "Legal reviewer",
    Role.AUDITOR: "Auditor",
    Role.CREATOR: "Creator",
}

ROLE_HINTS = {
    Role.ADMINISTRATOR: "Manages people, settings and everything else.",
    Role.LEAD: "Works cases, tunes queues, approves, sees the log.",
    Role.SENIOR: "Works cases and is the second pair of eyes.",
    Role.REVIEWER: "Works cases.",
    Role.LEGAL: "Reads cases, approves law, exports, holds and erasures.",
    Role.AUDITOR: "Reads cases and the log, changes nothing.",
    Role.CREATOR: "Signs works of their own; sees no case.",
}

ABILITY_WORDS = {
    Ability.REPORTS_WRITE: "Send reports",
    Ability.CASES_READ: "Read cases",
    Ability.CASES_WORK: "Work on cases",
    Ability.ASSETS_SEAL: "Seal a file",
    Ability.SEALS_LIFT: "Lift a seal that rests on an unproved word",
    Ability.AUDIT_READ: "Read the log of a case",
    Ability.LAW_APPROVE: "Approve packs of law",
    Ability.BUNDLES_EXPORT: "Export evidence bundles",
    Ability.BUNDLES_FULL: "Export bundles without redaction",
    Ability.PEOPLE_MANAGE: "Manage people",
    Ability.ACCESS_OVERSEE: "Oversee exceptions to access",
    Ability.WORKS_SIGN: "Sign works",
    Ability.BANKS_MANAGE: "Manage banks of known files",
    Ability.OUTBOX_MANAGE: "Manage what leaves",
    Ability.ALERTS_MANAGE: "Manage watch-lists",
    Ability.HOLDS_MANAGE: "Place and release legal holds",
    Ability.ERASURES_DECIDE: "Decide erasure requests",
    Ability.RETENTION_MANAGE: "Set how long things are kept",
    Ability.SENDERS_MANAGE: "Manage trusted flaggers and authorities",
    Ability.APPEALS_DECIDE: "Decide appeals",
    Ability.ABUSE_DECIDE: "Decide on repeated misuse",
    Ability.REFERRALS_SUBMIT: "Refer to authorities",
    Ability.QUEUES_MANAGE: "Manage queues, routing and priority",
    Ability.NOTICES_MANAGE: "Edit the texts of notices",
    Ability.DECISIONS_APPROVE: "Be the second pair of eyes",
    Ability.SECOND_PERSON_SET: "Say what needs a second person",
    Ability.MEASURES_REPORT: "Report what became of a measure",
    Ability.CASES_EXPORT: "Export lists of cases",
    Ability.BULK_RUN: "Act on many cases at once",
    Ability.FIGURES_READ: "See the figures",
    Ability.WORK_READ: "See what the workers do",
    Ability.CARE_MANAGE: "Look after the people who look",
    Ability.QUALITY_MANAGE: (
        "Mark golden cases, have decisions looked at twice, see how people agree"
    ),
}


def ability_words(ability: Ability) -> str:
    """The ability in words; one that came later speaks for itself by its name."""
    return ABILITY_WORDS.get(ability, str(ability))
