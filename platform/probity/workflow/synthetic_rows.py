"""The rows of made-up cases: words that mean nothing, moments and numbers that look like work."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import models

from probity.accounts.models import Person
from probity.accounts.services import person_create
from probity.cases.models import Case, Category, Clock, EvidenceItem, Report
from probity.decisions.automation import NOT_AUTOMATED
from probity.decisions.models import Action, Decision, Measure, Standing
from probity.evidence.models import Asset

from .synthetic_findings import FINDING_TABLES, Analysed, Row, analysis_rows, speakers

TABLES: dict[str, type[models.Model]] = {
    **{
        model._meta.db_table: model
        for model in (Case, Report, Asset, EvidenceItem, Clock, Decision, Standing, Measure)
    },
    **FINDING_TABLES,
}
BEGINNING = "Made up, nothing here is real."
DECIDERS = 8
DAYS = 180
CATEGORIES = (list(Category), (30, 15, 25, 15, 10, 5))
PLACES = ([[], ["DE"], ["FR"], ["US-CA"], ["US-NY"], ["ES", "PT"]], (25, 20, 15, 20, 10, 10))
ACTIONS = (
    [Action.REMOVE, Action.LABEL, Action.REDUCE, Action.WARN, Action.NO_ACTION],
    (35, 20, 10, 5, 30),
)
LANGUAGES = (["en", "de", "fr", "es", ""], (40, 20, 10, 10, 20))
AUTOMATION = json.dumps(
    {
        "decision": NOT_AUTOMATED, "detection": False, "because": "Nobody decided: it is made up.",
        "carried_from": None, "findings": [], "proposed": [], "recommended": [],
    }
)  # fmt: skip
SYLLABLES = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vo", "zu"]


def deciders() -> list[UUID]:
    """Made-up reviewers, whose sign-in names say so; nobody knows their passwords."""
    names = [f"made-up-{number}" for number in range(1, DECIDERS + 1)]
    for name in names:
        if not Person.objects.filter(username=name).exists():
            person_create(username=name, roles=["reviewer"])
    return list(
        Person.objects.filter(username__in=names).order_by("username").values_list("pk", flat=True)
    )


class Maker:
    """Makes rows from one source of chance, so that a seed always makes the same."""

    def __init__(
        self, *, rng: Random, at: datetime, queues: list[UUID], people: list[UUID]
    ) -> None:
        self.rng, self.at, self.queues, self.people = rng, at, queues, people
        self.speakers = speakers()
        words = ["".join(rng.choices(SYLLABLES, k=3)) for _ in range(3_000)]
        weights = [1 / place for place in range(1, len(words) + 1)]
        drawn = rng.choices(words, weights, k=80_000)
        self.phrases = [" ".join(drawn[place : place + 8]) for place in range(0, len(drawn), 8)]

    def make(self, *, numbers: list[int], waiting: int) -> dict[str, list[Row]]:
        """Rows by table for one case per number, the last ``waiting`` of them undecided."""
        rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        for place, number in enumerate(numbers):
            self._case(rows, number, undecided=place >= len(numbers) - waiting)
        return rows

    def _case(self, rows: dict[str, list[Row]], number: int, *, undecided: bool) -> None:
        rng = self.rng
        age = timedelta(
            days=min(DAYS, rng.expovariate(1 / 3)) if undecided else rng.uniform(4, DAYS)
        )
        opened = self.at - age
        spent = timedelta(hours=rng.expovariate(1 / 20))
        decided = None if undecided else min(opened + spent, self.at)
        due = opened + timedelta(hours=rng.choice([24, 48, 168])) if rng.random() < 0.6 else None
        points = rng.randrange(120)
        case: Row = {
            "id": self._id(), "number": number,
            "state": "open" if undecided else "decided",
            "category": rng.choices(*CATEGORIES)[0], "places": rng.choices(*PLACES)[0],
            "opened_at": opened, "decided_at": decided,
            "due_at": due if undecided else None,
            "due_for": "Made-up duty" if undecided and due else "",
            "queue_id": rng.choice(self.queues), "language": rng.choices(*LANGUAGES)[0],
            "priority": points if undecided else 0,
            "priority_why": self._why(points) if undecided else "[]",
            "first_action_at": None if undecided else opened + spent / 2,
        }  # fmt: skip
        rows["cases_case"].append(case)
        report = self._reports(rows, case)
        if rng.random() < 0.6:
            self._file(rows, case, report)
        if due:
            self._clock(rows, case, due)
        if decided:
            self._decision(rows, case, decided)

    def _reports(self, rows: dict[str, list[Row]], case: Row) -> UUID:
        count = 1 if self.rng.random() < 0.9 else self.rng.randint(2, 9)
        first = self._id()
        for place in range(count):
            key = self._id() if place else first
            rows["cases_report"].append(
                {
                    "id": key, "case_id": case["id"], "channel": "api",
                    "category": case["category"], "places": case["places"],
                    "explanation": f"{BEGINNING} {self._text(3)}.",
                    "url": f"https://host.example/watch/{key.hex[:10]}",
                    "language": case["language"], "received_at": case["opened_at"],
                    "receipt_digest": key.hex * 2,
                }
            )  # fmt: skip
        return first

    def _file(self, rows: dict[str, list[Row]], case: Row, report: UUID) -> None:
        digest = f"{self.rng.getrandbits(256):064x}"
        rows["evidence_asset"].append(
            {
                "sha256": digest, "bytes": self.rng.randrange(10_000, 5_000_000), "kind": "image",
                "media_type": "image/jpeg", "received_at": case["opened_at"],
                "destroyed_at": case["opened_at"],
            }
        )  # fmt: skip
        rows["cases_evidence_item"].append(
            {
                "id": self._id(), "case_id": case["id"], "asset_id": digest,
                "report_id": report, "added_at": case["opened_at"],
            }
        )  # fmt: skip
        key, opened = case["id"], case["opened_at"]
        assert isinstance(key, UUID)  # noqa: S101 - for the type checker
        assert isinstance(opened, datetime)  # noqa: S101 - for the type checker
        one = Analysed(case=key, sha256=digest, at=opened)
        analysis_rows(rows, one, by=self.speakers, rng=self.rng)

    def _clock(self, rows: dict[str, list[Row]], case: Row, due: datetime) -> None:
        opened, decided = case["opened_at"], case["decided_at"]
        assert isinstance(opened, datetime)  # noqa: S101 - for the type checker
        late = (decided or self.at) > due  # type: ignore[operator]
        rows["cases_clock"].append(
            {
                "id": self._id(), "case_id": case["id"], "rule": "made-up", "duty": "decide",
                "title": "Made-up duty", "provisional": False, "started_at": opened,
                "warn_at": opened + (due - opened) * 0.75, "due_at": due,
                "warned_at": due if late else None, "breached_at": due if late else None,
                "ended_at": decided, "ended_why": "decided" if decided else "",
            }
        )  # fmt: skip

    def _decision(self, rows: dict[str, list[Row]], case: Row, at: datetime) -> None:
        action, key = self.rng.choices(*ACTIONS)[0], self._id()
        rows["decisions_decision"].append(
            {
                "id": key, "case_id": case["id"], "action": action, "reason": self._text(2),
                "reason_salt": "", "automation": AUTOMATION,
                "person_id": self.rng.choice(self.people), "at": at,
            }
        )  # fmt: skip
        rows["decisions_standing"].append(
            {
                "id": self._id(), "decision_id": key, "case_id": case["id"], "state": "effective",
                "effective_after": at, "effective_at": at,
            }
        )  # fmt: skip
        rows["decisions_measure"].append(
            {
                "id": self._id(), "decision_id": key, "action": action,
                "scope": json.dumps({"about": "item", "places": []}),
                "reference": self._id(), "starts_at": at,
            }
        )  # fmt: skip

    def _text(self, phrases: int) -> str:
        return " ".join(self.rng.choices(self.phrases, k=phrases))

    def _id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    @staticmethod
    def _why(points: int) -> str:
        reason = {
            "code": "made-up", "points": points, "short": "made up",
            "sentence": "This case is made up, and so is its urgency.",
        }  # fmt: skip
        return json.dumps([reason])
