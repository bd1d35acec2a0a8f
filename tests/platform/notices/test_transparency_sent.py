"""Building statements from decisions, and sending them to a stand-in that behaves as documented."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from probity.accounts.actors import Actor
from probity.cases.models import Case, SenderKind
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.measures import Asked
from probity.notices.models import EntryState, TransparencyCall, TransparencyEntry
from probity.notices.transparency import schema
from probity.notices.transparency.build import puid_of, statement_build
from probity.notices.transparency.client import Database
from probity.notices.transparency.counts import counts_csv, decisions_counted
from probity.notices.transparency.facts import public_facts_write
from probity.notices.transparency.personal import personal_data
from probity.notices.transparency.sending import export_plan, export_send
from probity.notices.transparency.validator import statement_problems

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
RULES = [
    {
        "id": "a-law", "title": "A law", "citation": {"law": "Act", "section": "s. 1"},
        "ground": "illegal_content", "explanation": "It forbids this.", "outcome": "applies",
        "trace": [],
    }
]  # fmt: skip


class StandIn:
    """The database as its documentation describes it."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.bad: set[str] = set()
        self.answers: list[int] = []
        self.mute = False
        self.vague = False
        self.token = "secret"
        self.url = ""

    def submit(self, statements: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        puids = [row["puid"] for row in statements]
        existing = [puid for puid in puids if puid in self.stored]
        if existing:
            return 422, {"message": "known", "errors": {"existing_puids": existing}}
        wrong = {
            f"statements.{at}.category": ["The selected category is invalid."]
            for at, puid in enumerate(puids)
            if puid in self.bad
        }
        if wrong:
            return 422, {"errors": {"batch": ["refused"]} if self.vague else wrong}
        if not 1 <= len(puids) <= 100 or any(statement_problems(row) for row in statements):
            return 422, {"errors": {"statements": ["wrong"]}}
        self.stored |= {row["puid"]: row for row in statements}
        return 201, {"statements": puids}


@pytest.fixture
def database(settings: Any) -> Iterator[StandIn]:
    """A stand-in on a loopback port."""
    stand = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, status: int, body: dict[str, Any], **headers: str) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _known(self) -> bool:
            return self.headers["Authorization"] == f"Bearer {stand.token}"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stand.calls.append(("POST", self.path))
            if not self._known():
                self._say(401, {"message": "Unauthenticated."})
            elif stand.answers:
                self._say(stand.answers.pop(0), {}, **{"Retry-After": "9"})
            else:
                status, answer = stand.submit(body["statements"])
                if stand.mute:
                    self.close_connection = True
                    return
                self._say(status, answer)

        def do_GET(self) -> None:
            stand.calls.append(("GET", self.path))
            found = self.path.rpartition("/")[2] in stand.stored
            location = {"Location": stand.url + "/elsewhere"} if found else {}
            self._say(302 if found else 404, {}, **location)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stand.url = f"http://127.0.0.1:{server.server_port}/api/v1"
    settings.WEBHOOK_PRIVATE = ["127.0.0.1"]
    settings.TRANSPARENCY_URL, settings.TRANSPARENCY_TOKEN = stand.url, "secret"
    settings.TRANSPARENCY_SECONDS = 5
    yield stand
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def decided(reported: Make, decide: Make, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A restricting decision that rests on a law."""
    monkeypatch.setattr(
        "probity.notices.transparency.build.grounds_of", lambda _: [{**RULES[0], "rule": "a-law"}]
    )

    def make(*actions: Any, reason: str = "", **said: Any) -> Any:
        return decide(reported(**said), *(actions or ("remove",)), reason=reason)

    return make


def test_a_decision_becomes_a_statement_that_the_schema_takes(decided: Make) -> None:
    decision = decided(Asked("label", days=30), category="intimate")
    built = statement_build(decision)
    assert built.problems == []
    body = built.body
    assert body["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_LABELLED"]
    assert body["end_date_visibility_restriction"] > body["application_date"]
    assert "decision_account" not in body
    assert body["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    assert body["illegal_content_legal_ground"] == "Act, s. 1"
    assert body["source_type"] == "SOURCE_ARTICLE_16"
    assert body["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert body["territorial_scope"] == list(schema.EEA)
    assert built.puid == puid_of(decision.pk) == statement_build(decision).puid
    assert str(decision.pk) not in json.dumps(body)
    assert any("day of the first report" in said for said in built.remarks)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (SenderKind.TRUSTED_FLAGGER, "SOURCE_TRUSTED_FLAGGER"),
        (SenderKind.AUTHORITY, "SOURCE_TYPE_OTHER_NOTIFICATION"),
    ],
)
def test_the_source_is_who_reported_first(decided: Make, kind: str, source: str) -> None:
    decision = decided()
    decision.case.reports.update(sender_kind=kind)
    assert statement_build(decision).body["source_type"] == source


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("Ask mary@example.org.", "e-mail address"),
        ("Call +49 171 234 56 78 now.", "telephone"),
        ("See https://social.example/@mary/1.", "account or profile"),
        ("See https://social.example/profile?user=mary", "account or profile"),
        ("It is by @mary_x.", "names an account"),
        ("Posted by Grace-Hopper 99.", "names the uploader"),
    ],
)
def test_personal_data_keeps_a_statement_here(decided: Make, reason: str, sentence: str) -> None:
    decision = decided(reason=reason, uploader={"reference": "grace hopper 99"})
    assert any(sentence in said for said in statement_build(decision).problems)
    assert [built.decision for built in export_plan().refused] == [decision]


@pytest.mark.parametrize(
    "text",
    [
        "The voice was cloned on 21 November 2026 at 10:30 from 3 clips of 12.5 seconds.",
        "Regulation (EU) 2022/2065, article 17, paragraph 3.",
        "See https://videos.example/watch/7f3a.",
    ],
)
def test_what_names_nobody_passes(text: str) -> None:
    assert personal_data(text, names=["mary@example.org", "Grace Hopper"]) == []


def test_facts_for_the_public_take_the_place_of_the_reason(decided: Make, lead: Actor) -> None:
    decision = decided(reason="Ask mary@example.org.")
    with pytest.raises(InvalidInput):
        public_facts_write(decision=decision, facts="Ask mary@example.org.", actor=lead)
    public_facts_write(decision=decision, facts="The voice was cloned.", actor=lead)
    built = statement_build(decision)
    assert (built.problems, built.body["decision_facts"]) == ([], "The voice was cloned.")


def test_what_restricts_nobody_or_names_no_ground_is_not_sent(reported: Make, decide: Make) -> None:
    decide(reported(), "no_action")
    decide(reported(), "warn", "refer")
    assert (export_plan().ready, export_plan().refused) == ([], [])
    decide(reported(), "remove")
    (kept,) = export_plan().refused
    assert "“decision_ground” is missing." in kept.problems
    assert "It rests on no ground. Decide the case again and tick one." in kept.problems


def test_each_statement_is_stored_once_however_often_it_runs(
    decided: Make, database: StandIn
) -> None:
    decisions = [decided() for _ in range(3)]
    report = export_send(database=Database.configured(), actor="system")
    assert (report.stored, report.stopped) == (3, "")
    again = export_send(database=Database.configured(), actor="system")
    assert (again.stored, again.existing) == (0, 0)
    assert set(database.stored) == {puid_of(decision.pk) for decision in decisions}
    assert [method for method, _ in database.calls] == ["POST"]
    entry = TransparencyEntry.objects.first()
    assert entry
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TransparencyEntry.objects.filter(pk=entry.pk).update(body={})


def test_batches_hold_at_most_a_hundred(
    decided: Make, database: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BATCH_MOST", 2)
    for _ in range(5):
        decided()
    assert export_send(database=Database.configured(), actor="system").stored == 5
    assert [len(call.puids) for call in TransparencyCall.objects.all()] == [2, 2, 1]


def test_a_known_puid_is_parked_and_the_rest_goes(decided: Make, database: StandIn) -> None:
    first, second = decided(), decided()
    database.stored[puid_of(first.pk)] = {}
    report = export_send(database=Database.configured(), actor="system")
    assert (report.stored, report.existing) == (1, 1)
    states = dict(TransparencyEntry.objects.values_list("decision", "state"))
    assert states == {first.pk: EntryState.EXISTING, second.pk: EntryState.STORED}


@pytest.mark.parametrize("vague", [False, True])
def test_one_bad_statement_keeps_no_other_back(
    decided: Make, database: StandIn, vague: bool
) -> None:
    decisions = [decided() for _ in range(4)]
    database.bad, database.vague = {puid_of(decisions[2].pk)}, vague
    report = export_send(database=Database.configured(), actor="system")
    assert report.stored == 3
    ((puid, why),) = report.turned_down
    assert puid == puid_of(decisions[2].pk)
    assert "invalid" in why or "refused" in why
    assert TransparencyEntry.objects.get(puid=puid).state == EntryState.REFUSED


def test_an_answer_that_never_came_is_asked_for_without_following_it(
    decided: Make, database: StandIn
) -> None:
    decided()
    database.mute = True
    report = export_send(database=Database.configured(), actor="system")
    assert (report.stored, len(database.stored)) == (0, 1)
    assert "Run it again" in report.stopped
    assert TransparencyEntry.objects.get().state == EntryState.SENDING
    database.mute = False
    export_send(database=Database.configured(), actor="system")
    assert TransparencyEntry.objects.get().state == EntryState.EXISTING
    assert not [path for _, path in database.calls if "elsewhere" in path]
    assert [method for method, _ in database.calls] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("answers", "state", "said"),
    [
        ([429], EntryState.WAITING, "in 9 seconds"),
        ([403], EntryState.WAITING, "token"),
        ([200], EntryState.WAITING, "answered 200"),
        ([302], EntryState.WAITING, "answered 302"),
        ([503], EntryState.SENDING, "answered 503"),
    ],
)
def test_only_201_means_stored(
    decided: Make, database: StandIn, answers: list[int], state: str, said: str
) -> None:
    decided()
    database.answers = list(answers)
    report = export_send(database=Database.configured(), actor="system")
    assert (report.stored, len(database.stored)) == (0, 0)
    assert said in report.stopped
    assert TransparencyEntry.objects.get().state == state
    assert export_send(database=Database.configured(), actor="system").stored == 1


def test_nothing_is_sent_without_an_address_and_a_token(settings: Any) -> None:
    settings.TRANSPARENCY_URL = settings.TRANSPARENCY_TOKEN = ""
    with pytest.raises(Conflict, match="PROBITY_TRANSPARENCY_URL"):
        Database.configured()
    with pytest.raises(InvalidInput):
        Database(url="http://127.0.0.1/api/v1", token="t")


def test_the_command_writes_files_and_sends_nothing_by_default(
    decided: Make, database: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = decided()
    decided(reason="Ask mary@example.org.")
    with pytest.raises(SystemExit) as ended:
        call_command("transparency_export", out=str(tmp_path / "out"))
    assert ended.value.code == 3
    lines = (tmp_path / "out" / "statements.jsonl").read_text().splitlines()
    assert [json.loads(line)["puid"] for line in lines] == [puid_of(good.pk)]
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert sorted(len(row["problems"]) for row in told) == [0, 1]
    assert database.calls == []
    assert "e-mail address" in capsys.readouterr().out


def test_the_counts_are_of_decisions_and_never_of_people(decided: Make) -> None:
    from datetime import timedelta

    from django.utils import timezone

    decided("reduce", "label")
    decided("label", category="election")
    rows = decisions_counted(
        since=timezone.now() - timedelta(days=1), until=timezone.now() + timedelta(days=1)
    )
    assert {(row.category, row.measure, row.decisions) for row in rows} == {
        ("defamation", "reduce", 1), ("defamation", "label", 1), ("election", "label", 1),
    }  # fmt: skip
    assert counts_csv(rows).splitlines()[0].startswith("category,ground,measure")
    assert Case.objects.count() == 2
