"""The case page: why it is here, what is seen, what the law says, who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.analysis.selectors import Progress, progress_of
from probity.care.selectors import greys_first
from probity.cases.models import Case, CaseClaim, CaseState, Category, Report
from probity.cases.selectors import claim_live
from probity.core.clock import now
from probity.decisions.models import Decision, DecisionState, PolicyEvaluation
from probity.decisions.outcomes import deliveries_of
from probity.decisions.second_person import reasons_of
from probity.decisions.selectors import decisions_of, evaluation_current
from probity.evidence.models import Asset
from probity.keeping.selectors import cases_held
from probity.web.contests.case_part import CaseContests, case_contests
from probity.web.contests.referral_part import Referrals, case_referrals
from probity.web.language.said import said
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.leading.quality_mine import Line, case_told
from probity.web.matching.copies_page import CopiesPart, copies_part
from probity.web.words import span

from .clock import Clock, case_clock
from .decide_panel import Chosen, Draft, chosen_of
from .decided import Decided, decided
from .findings_page import FindingsPage, findings_page
from .law_page import LawPage, law_page
from .law_rules import Duty, Rule
from .media_page import MediaPage, media_page
from .passing_page import Passing
from .queue_page import STATE_WORDS
from .seal_page import seal_notes
from .timeline_page import TimelinePage, timeline_page

NEARLY_OVER = timedelta(minutes=5)


@dataclass(frozen=True)
class Hold:
    """Who holds the case."""

    claim: CaseClaim | None
    mine: bool

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else holds it: then the page is for reading."""
        return self.claim is not None and not self.mine

    @property
    def left(self) -> str:
        """How long the lease still runs, in words."""
        return span(self.claim.until - now()) if self.claim else ""

    @property
    def nearly_over(self) -> bool:
        """Whether the lease should be extended now."""
        return self.claim is not None and self.claim.until - now() < NEARLY_OVER


class CasePage:
    """One case for one person; every part is read when a template first asks for it."""

    def __init__(
        self, case: Case, *, person: Person, revealed: set[str], draft: Draft | None = None
    ) -> None:
        self.case = case
        self.person = person
        self.revealed = revealed
        self.draft = draft or Draft()

    @property
    def category(self) -> str:
        """What the reports say is wrong."""
        return CATEGORY_WORDS[Category(self.case.category)]

    @property
    def state_words(self) -> str:
        """Waiting, in review or decided."""
        return STATE_WORDS[CaseState(self.case.state)]

    @property
    def is_decided(self) -> bool:
        """Whether a decision is in force."""
        return self.case.state == CaseState.DECIDED

    @cached_property
    def clock(self) -> Clock:
        """The nearest legal deadline."""
        return case_clock(self.case)

    @cached_property
    def urgent(self) -> tuple[Rule, Duty] | None:
        """What the clock is about."""
        return None if self.is_decided else self.law.urgent

    @cached_property
    def reports(self) -> list[Report]:
        """What was said, in the reporters' own words."""
        return list(self.case.reports.select_related("contact", "sender"))

    @cached_property
    def hold(self) -> Hold:
        """Who holds the case."""
        claim = claim_live(self.case)
        return Hold(claim, bool(claim and claim.person_id == self.person.pk))

    @cached_property
    def passing(self) -> Passing:
        """Urgency in words, and where the case can go."""
        return Passing(self.case, person=self.person)

    @cached_property
    def legal_holds(self) -> bool:
        """Whether a legal hold keeps the case or one of its files."""
        return bool(cases_held([self.case.pk]))

    @property
    def may_work(self) -> bool:
        """Whether this person may answer and decide here now: not while a decision waits."""
        able = Ability.CASES_WORK in self.person.abilities
        return able and not self.hold.elsewhere and not self.pending

    @cached_property
    def assets(self) -> list[Asset]:
        """The preserved files."""
        return [item.asset for item in self.case.items.select_related("asset")]

    @cached_property
    def media(self) -> list[MediaPage]:
        """Each file's picture, concealed or revealed."""
        grey = bool(self.revealed) and greys_first(self.person)
        seals = seal_notes(self.assets, person=self.person) if self.assets else {}
        return [
            media_page(one, revealed=self.revealed, grey_first=grey, seal=seals.get(one.pk))
            for one in self.assets
        ]

    @cached_property
    def timelines(self) -> list[TimelinePage]:
        """Each moving or sounding file's lanes, once there are any."""
        found = (timeline_page(media) for media in self.media)
        return [page for page in found if page is not None]

    @property
    def all_sealed(self) -> bool:
        """Whether nothing here may be opened."""
        return bool(self.assets) and all(asset.sealed for asset in self.assets)

    @cached_property
    def progress(self) -> Progress:
        """How far the analysis is."""
        return progress_of(self.case.pk)

    @property
    def analysing(self) -> bool:
        """Whether more findings are to come."""
        return self.progress.state in {"waiting", "running"}

    @cached_property
    def findings(self) -> list[FindingsPage]:
        """Each file's findings."""
        return [findings_page(one, category=self.case.category) for one in self.assets]

    @cached_property
    def law(self) -> LawPage:
        """Questions and rules."""
        return law_page(self.case, self.evaluation)

    @cached_property
    def evaluation(self) -> PolicyEvaluation | None:
        """What the law says to the facts as they are known."""
        return evaluation_current(self.case)

    @property
    def actions(self) -> list[Chosen]:
        """What may be decided, as far as it is filled in."""
        return chosen_of(self.draft, places=self.case.places)

    @cached_property
    def second_person(self) -> list[str]:
        """Why any decision of this case needs a second person, before an action is chosen."""
        whys = reasons_of(case=self.case, actions=(), rules=(), evaluation=self.evaluation)
        return [said(why.because) for why in whys]

    @property
    def chosen_rules(self) -> set[str]:
        """The rules to tick: those of the draft, else the grounds that apply."""
        if self.draft.rules is not None:
            return set(self.draft.rules)
        return {rule.id for rule in self.law.live if rule.applies and rule.ground}

    @cached_property
    def copies(self) -> CopiesPart:
        """Known copies of the files."""
        return copies_part(self.case, person=self.person, assets=self.assets)

    @cached_property
    def contests(self) -> CaseContests:
        """Appeals, what was found manifest, and how reliable the senders were."""
        return case_contests(self.case, self.person, reports=self.reports)

    @cached_property
    def referrals(self) -> Referrals:
        """What was handed to outside bodies, for whoever may refer."""
        return case_referrals(self.case, self.person)

    @cached_property
    def told_after(self) -> Line | None:
        """That it was a copy, for whoever decided it; no query for any other case."""
        return case_told(self.case, self.person)

    @cached_property
    def decisions(self) -> list[Decision]:
        """Every decision, the first one first."""
        return decisions_of(self.case)

    @cached_property
    def told(self) -> list[Decided]:
        """Every decision in words, the first one first."""
        measures = [row for decision in self.decisions for row in decision.measures.all()]
        deliveries = deliveries_of(measures)
        return [decided(row, deliveries=deliveries) for row in self.decisions]

    @property
    def in_force(self) -> Decided | None:
        """The decision that is in effect, in words."""
        return next((row for row in self.told if row.state == DecisionState.EFFECTIVE), None)

    @property
    def pending(self) -> Decided | None:
        """The decision that can be undone, or waits for a second person."""
        return next((row for row in self.told if row.held or row.waiting), None)

    @property
    def earlier(self) -> list[Decided]:
        """Decisions that are over, the latest first."""
        return [row for row in reversed(self.told) if row not in (self.in_force, self.pending)]

    @property
    def sent_back(self) -> Decided | None:
        """The last decision, when a second person refused it and nobody decided since."""
        last = self.told[-1] if self.told else None
        return last if last and last.state == DecisionState.REFUSED else None

    @property
    def may_agree(self) -> bool:
        """Whether this person may be the second pair of eyes here."""
        able = Ability.DECISIONS_APPROVE in self.person.abilities
        return able and bool(self.pending and self.pending.who != self.person.username)

    @property
    def may_undo(self) -> bool:
        """Whether this person may take the pending decision back."""
        names = {self.pending.who, self.pending.second} if self.pending else set()
        return self.person.username in names

    @property
    def findings_mark(self) -> str:
        """Changes whenever the list of findings does; the page polls with it."""
        return f"{self.progress.state}-{self.progress.done}-{self.progress.total}"

    @property
    def media_mark(self) -> str:
        """Changes whenever there is more, or less, to see."""
        return "-".join(page.fingerprint for page in self.media)

    @property
    def hold_mark(self) -> str:
        """Changes when somebody takes, extends or gives back the case."""
        claim = self.hold.claim
        return f"{claim.pk}.{claim.until:%H%M%S}" if claim else ""

    @property
    def due_mark(self) -> str:
        """Changes with the deadline, and when the clock reaches another level."""
        due = self.clock.due_at
        return f"{self.clock.level}.{due:%Y%m%d%H%M%S}" if due else self.clock.level

    @property
    def law_mark(self) -> str:
        """Changes with every evaluation."""
        return str(self.law.evaluation.pk) if self.law.evaluation else ""

    @property
    def opened_at(self) -> datetime:
        """When the first report came."""
        return self.case.opened_at
