"""One of everything else: people, senders, banks, watch-lists, works, words, runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from probity.accounts.grants import grant_end, grant_give, grants_in_force
from probity.accounts.models import Person, PersonSession
from probity.accounts.tokens import token_create
from probity.alerts.models import Alert, Level
from probity.core.clock import now
from probity.credentials.models import Check, CheckPicture, Work
from probity.credentials.queue import desk_work
from probity.decisions.models import Decision
from probity.matching.models import BankEntry
from probity.outbox.delivery import outbox_deliver
from probity.outbox.models import Message
from probity.quality.models import TrialKind
from probity.quality.trials import trial_open
from probity.workflow.bulk_run import bulk_work


@pytest.fixture
def seeded(seed: Any, settings: Any) -> dict[str, str]:
    """The names of all that there is: plain, or ``OPERATION.NAME``."""
    for add in (_senders, _banks, _watching, _people, _quality, _desk, _words):
        add(seed)
    _undoable(seed, settings)
    _runs(seed, settings)
    _looked(seed)
    names: dict[str, str] = seed.names
    return names


def _senders(seed: Any) -> None:
    sender = seed.made(
        "ada", "senders", name="Helpline", kind="trusted_flagger", award_authority="BNetzA",
        awarded_on="2025-01-02", place="DE", areas=["intimate"],
    )["id"]  # fmt: skip
    seed.made("ada", "people", username="grace", roles=["reviewer"], queues=["general"])
    bound = seed.made("ada", f"senders/{sender}/bindings", person="grace")["id"]
    seed.names |= {"sender_id": sender, "binding_id": bound}


def _banks(seed: Any) -> None:
    seed.made(
        "ada", "banks", name="known", label="Known", kind="known", source="Us", licence="Ours"
    )
    kept, parked = (
        seed.made("ada", "banks/known/entries", why="Known.", kind="sha256", value=value * 64)["id"]
        for value in "ab"
    )
    BankEntry.objects.filter(pk=parked).update(parked_at=now())
    seed.names |= {"name": "known", "entry_id": kept, "entry_clear.entry_id": parked}


def _watching(seed: Any) -> None:
    named, hashed = (
        seed.made("ada", "watch-lists", name=kind, kind=kind, why="To see.")["id"]
        for kind in ("name", "content")
    )
    term = seed.made("ada", f"watch-lists/{named}/names", text="Renée Śmith", own=[])
    entry = seed.made(
        "ada", f"watch-lists/{hashed}/hashes", why="Known.", kind="sha256", value="c" * 64
    )
    asked = seed.made(
        "ada", f"watch-lists/{named}/subscribers", email="d@p.example", via="mail", rhythm="daily"
    )
    alert = Alert.objects.create(
        watch_list_id=named, key="one", level=Level.CERTAIN, found="A name.", sure="Sure.",
        to_do="Look.", withheld=False, case=seed.cases[0], raised_at=now(),
    )  # fmt: skip
    outbox_deliver()
    endpoint = seed.made(
        "ada", "webhooks/endpoints", name="host", url="https://hooks.example.org/x",
        kinds=["decision.made"],
    )  # fmt: skip
    view = seed.made("ada", "search/views", name="Open", query="state:open")
    seed.names |= {
        "list_id": named, "watch_hash_add.list_id": hashed, "watch_hash_remove.list_id": hashed,
        "watch_hash_remove.entry_id": entry["hashes"][0]["id"], "term_id": term["names"][0]["id"],
        "subscription_id": asked["subscribers"][0]["id"], "alert_id": str(alert.pk),
        "message_id": str(Message.objects.exclude(ended_at=None)[0].pk),
        "endpoint_id": endpoint["id"], "view_id": view["id"],
    }  # fmt: skip


def _people(seed: Any) -> None:
    grace, mo = (Person.objects.get(username=name) for name in ("grace", "mo"))
    for grant in grants_in_force(mo):
        grant_end(grant=grant, actor="system")
    grant_give(person=mo, queue="general")
    given = seed.made("ada", f"people/{grace.pk}/grants", queue="elections")
    taken = seed.made("mo", "me/access", queue="elections", reason="It cannot wait.", hours=1)
    session = PersonSession.objects.create(
        person=grace, began_at=now(), seen_at=now(), way="password"
    )
    ada = Person.objects.get(username="ada")
    seed.names |= {
        "person_id": str(grace.pk), "grant_id": given["id"], "session_id": str(session.pk),
        "exception_notice.grant_id": taken["id"], "exception_end.grant_id": taken["id"],
        "token_mo": token_create(person=mo, scopes=["all"])[1],
        "token_id": str(token_create(person=ada, scopes=["all"], name="spare")[0].pk),
    }  # fmt: skip


def _quality(seed: Any) -> None:
    golden = seed.made(
        "ada", "quality/goldens", case=seed.cases[17], actions=["label"], facts={}, why="Plain."
    )
    differs, waiting = (
        trial_open(
            kind=TrialKind.SECOND,
            decision=Decision.objects.get(pk=seed.decided("eve", seed.cases[place])["id"]),
        )
        for place in (18, 19)
    )
    seed.decided("rex", str(differs.case_id), "remove")
    seed.names |= {
        "golden_id": golden["id"], "difference_rule.trial_id": str(differs.pk),
        "trial_id": str(waiting.pk), "decided": seed.cases[19],
    }  # fmt: skip


def _desk(seed: Any) -> None:
    identity = seed.made("ada", "desk/identities", name="trial", subject="Ada L.", trial=True)["id"]
    form = {"identity": identity, "files": SimpleUploadedFile("a.png", seed.drawn(9))}
    asked = seed.clients["ada"].post("/api/v1/desk/works", form, format="multipart")
    assert asked.status_code == 202, asked.content
    assert desk_work() == 1
    work = Work.objects.get()
    assert work.step == "done", work.error
    check = Check.objects.create(
        name="a.png", sha256="d" * 64, bytes=1, made_at=now(), expires_at=now() + timedelta(hours=1)
    )
    CheckPicture.objects.create(
        check_row=check, node="view", media_type="image/png", width=1, height=1, data=seed.drawn(1)
    )
    spare = seed.made("ada", "desk/identities", name="spare", subject="Ada L.", trial=True)
    seed.names |= {
        # its key is erased for good: no rolled back transaction brings it back
        "identity_revoke.identity_id": spare["id"], "chain": spare["chain"],
        "identity_import.identity_id": spare["id"],
        "identity_id": identity, "work_id": str(work.pk), "manifest_id": work.manifest_id,
        "check_id": str(check.pk), "node": "view",
    }  # fmt: skip


def _words(seed: Any) -> None:
    def first(address: str, name: str) -> Any:
        return seed.clients["ada"].get(f"/api/v1/{address}").json()[name][0]

    pack, text = first("law/packs", "packs"), first("notice-texts", "texts")
    seed.names |= {
        "pack": pack["id"], "pack_digest": pack["digest"], "text_subject": text["subject"],
        "text_body": text["body"], "key": first("figures", "figures")["key"],
        "subject": first("second-person", "subjects")["subject"],
        "detector": first("detectors", "detectors")["id"],
        "algorithm": first("services/supportedAlgorithms", "watermarks")["alg"],
    }  # fmt: skip
    for step in ("save", "restore", "preview"):
        seed.names[f"notice_text_{step}.kind"] = text["kind"]
    own = {"subject": text["subject"], "body": text["body"]}
    saved = f"/api/v1/notice-texts/{text['kind']}/de"
    answer = seed.clients["ada"].put(saved, own, format="json")
    assert answer.status_code == 200, answer.content
    seed.names["notice_text_restore.language"] = "de"


def _undoable(seed: Any, settings: Any) -> None:
    settings.UNDO_SECONDS = 900
    seed.names["decision_undo.decision_id"] = seed.decided("ada", seed.cases[14])["id"]
    settings.UNDO_SECONDS = 0


def _runs(seed: Any, settings: Any) -> None:
    run = {"action": "queue", "queue": "elections", "reason": "They belong there."}
    seed.names["bulk_undo.run_id"] = seed.made("ada", "bulk", **run, cases=seed.cases[9:10])["id"]
    assert bulk_work() == 1
    seed.names["bulk_stop.run_id"] = seed.made("ada", "bulk", **run, cases=seed.cases[10:11])["id"]
    settings.BULK_SECOND_ABOVE = 1
    seed.names["run_id"] = seed.made("eve", "bulk", **run, cases=seed.cases[11:13])["id"]


def _looked(seed: Any) -> None:
    """Ada's token has revealed a copy; it comes last, since a reveal ends by itself."""
    secret = token_create(person=Person.objects.get(username="ada"), scopes=["all"])[1]
    client = APIClient(headers={"authorization": f"Token {secret}"})
    copy = f"/api/v1/cases/{seed.cases[0]}/media/{seed.names['derivative_id']}"
    assert client.post(f"{copy}/reveal").status_code == 200
    seed.names["token_ada"] = secret
