"""The rooms' tables of words, as the pages show them: each word in the reader's language."""

from __future__ import annotations

from probity.accounts import words as accounts
from probity.bundles import redaction
from probity.care import selectors as care
from probity.cases import models as cases
from probity.cases import priority, versions
from probity.contests import request_models
from probity.contests import words as contests
from probity.decisions import measures, second_person, statements
from probity.matching import words as matching
from probity.notices import kinds
from probity.parties import models as parties

from .said import Told

CATEGORY_WORDS = Told(cases.CATEGORY_WORDS)
CHANGE_WORDS = Told(versions.CHANGES)
ROLE_WORDS = Told(accounts.ROLE_WORDS)
ROLE_HINTS = Told(accounts.ROLE_HINTS)
ABILITY_WORDS = Told(accounts.ABILITY_WORDS)
PROFILE_WORDS = Told(redaction.PROFILE_WORDS)
SEVERITY_WORDS = Told(care.WORDS)
WEIGHT_WORDS = Told(priority.WEIGHT_WORDS)
UPDATE_WORDS = Told(request_models.UPDATE_WORDS)
APPEAL_GROUND_WORDS = Told(contests.GROUND_WORDS)
MISUSE_WORDS = Told(contests.MISUSE_WORDS)
APPEAL_OUTCOME_WORDS = Told(contests.OUTCOME_WORDS)
MEASURE_NAMES = Told(measures.NAMES)
MEASURE_SENTENCES = Told(statements.MEASURES)
TURNS = Told(dict(enumerate(matching.TURNS)))
SENDER_KIND_WORDS = Told(parties.KIND_WORDS)
NOTICE_TITLES = Told({kind: shape.title for kind, shape in kinds.SHAPES.items()})
SECOND_PERSON_WORDS = Told(second_person.SHIPPED)
NOTICE_NEEDS = Told(
    {
        (kind, part): words
        for kind, shape in kinds.SHAPES.items()
        for part, words in shape.needs.items()
    }
)
NOTICE_SAYS = Told({kind: shape.says for kind, shape in kinds.SHAPES.items()})
