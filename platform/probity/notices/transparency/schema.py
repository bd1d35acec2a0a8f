"""Schema v2 of the DSA Transparency Database: closed lists and lengths, as data.

In force since 2025-07-01; the interface's address still says v1.
"""

from __future__ import annotations

VISIBILITY = tuple(
    f"DECISION_VISIBILITY_{end}"
    for end in (
        "CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_AGE_RESTRICTED",
        "CONTENT_INTERACTION_RESTRICTED", "CONTENT_LABELLED", "OTHER",
    )
)  # fmt: skip
MONETARY = tuple(f"DECISION_MONETARY_{end}" for end in ("SUSPENSION", "TERMINATION", "OTHER"))
PROVISION = tuple(
    f"DECISION_PROVISION_{how}_{what}"
    for how in ("PARTIAL", "TOTAL")
    for what in ("SUSPENSION", "TERMINATION")
)
ACCOUNT = tuple(f"DECISION_ACCOUNT_{end}" for end in ("SUSPENDED", "TERMINATED"))
ILLEGAL = "DECISION_GROUND_ILLEGAL_CONTENT"
INCOMPATIBLE = "DECISION_GROUND_INCOMPATIBLE_CONTENT"
GROUNDS = (ILLEGAL, INCOMPATIBLE)
CONTENT_TYPES = tuple(
    f"CONTENT_TYPE_{end}"
    for end in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
)
CATEGORIES = tuple(
    f"STATEMENT_CATEGORY_{end}"
    for end in (
        "ANIMAL_WELFARE", "CONSUMER_INFORMATION", "CYBER_VIOLENCE", "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "ILLEGAL_OR_HARMFUL_SPEECH",
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS", "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "NOT_SPECIFIED_NOTICE", "OTHER_VIOLATION_TC", "PROTECTION_OF_MINORS",
        "RISK_FOR_PUBLIC_SECURITY", "SCAMS_AND_FRAUD", "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS", "VIOLENCE",
    )
)  # fmt: skip
SOURCES = (
    "SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION",
    "SOURCE_VOLUNTARY",
)  # fmt: skip
AUTOMATED = tuple(f"AUTOMATED_DECISION_{end}" for end in ("FULLY", "PARTIALLY", "NOT_AUTOMATED"))
YES_NO = ("Yes", "No")
EEA = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
KEYWORD_PREFIX = "KEYWORD_"

#: Fields that must be there whatever the statement says.
REQUIRED = (
    "decision_ground", "decision_facts", "content_type", "category", "content_date",
    "application_date", "source_type", "automated_detection", "automated_decision", "puid",
)  # fmt: skip
#: At least one of these says what was decided.
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
#: One value out of a closed list.
ONE_OF: dict[str, tuple[str, ...]] = {
    "decision_monetary": MONETARY,
    "decision_provision": PROVISION,
    "decision_account": ACCOUNT,
    "decision_ground": GROUNDS,
    "category": CATEGORIES,
    "source_type": SOURCES,
    "automated_detection": YES_NO,
    "automated_decision": AUTOMATED,
    "incompatible_content_illegal": YES_NO,
}
#: Several values out of a closed list, at least one, each once.
SOME_OF: dict[str, tuple[str, ...]] = {
    "decision_visibility": VISIBILITY,
    "content_type": CONTENT_TYPES,
    "category_addition": CATEGORIES,
    "territorial_scope": EEA,
}
#: A value that needs words beside it: (field, value) -> the field of the words.
OTHERS = {
    ("decision_visibility", "DECISION_VISIBILITY_OTHER"): "decision_visibility_other",
    ("decision_monetary", "DECISION_MONETARY_OTHER"): "decision_monetary_other",
    ("content_type", "CONTENT_TYPE_OTHER"): "content_type_other",
}
#: What each ground needs beside it.
GROUND_NEEDS = {
    ILLEGAL: ("illegal_content_legal_ground", "illegal_content_explanation"),
    INCOMPATIBLE: ("incompatible_content_ground", "incompatible_content_explanation"),
}
#: Free text and its greatest length.
TEXTS = {
    "decision_facts": 5000,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "decision_visibility_other": 500,
    "decision_monetary_other": 500,
    "content_type_other": 500,
    "source_identity": 500,
    "decision_ground_reference_url": 500,
    "puid": 500,
}
DATES = (
    "content_date", "application_date", "end_date_visibility_restriction",
    "end_date_monetary_restriction", "end_date_service_restriction",
    "end_date_account_restriction",
)  # fmt: skip
#: An end that needs its decision.
ENDS = {
    "end_date_visibility_restriction": "decision_visibility",
    "end_date_monetary_restriction": "decision_monetary",
    "end_date_service_restriction": "decision_provision",
    "end_date_account_restriction": "decision_account",
}
OPTIONAL = (
    "category_specification", "content_language", "account_type", "content_id",
)  # fmt: skip
FIELDS = frozenset({*REQUIRED, *DECISIONS, *ONE_OF, *SOME_OF, *TEXTS, *DATES, *OPTIONAL})
BATCH_MOST = 100
