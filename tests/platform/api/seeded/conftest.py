"""Cases in every state in which an operation of the API can do its work for ada.

Eve is who came before her: what needs a second person was eve's doing. Mo sees one queue only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from probity.accounts.actors import person_actor
from probity.accounts.models import Person
from probity.bundles.models import Export
from probity.bundles.services import export_build, export_request
from probity.cases.models import Case, Report
from probity.contests.appeals import appeal_take
from probity.contests.asking import asking_read
from probity.contests.misuse import manifest_find, suspension_answer, suspension_propose
from probity.contests.misuse_models import FACTORS
from probity.contests.party import PartyOf
from probity.contests.words import Misuse, Side
from probity.core.clock import now
from probity.evidence.models import SealCause
from probity.evidence.seals import asset_seal
from probity.evidence.services import derivative_keep
from probity.keeping.models import NoteReview
from probity.matching.models import Match
from probity.notices.services import page_open
from probity.workflow.appeal_receive import UPLOADER, appeal_send
from probity.workflow.misuse_warn import misuse_warn
from probity.workflow.sealing import evidence_unseal

#: Reporters, and how far what counts for them has led.
PARTIES = ("plain", "warned", "proposed", "running")


class Seed:
    """Who asks, the cases there are, and the names of things: plain, or ``OPERATION.NAME`` where
    one operation needs another thing than the rest."""

    def __init__(self, clients: dict[str, APIClient], **made: Callable[..., Any]) -> None:
        self.clients, self.reported = clients, made["reported"]
        self.drawn, self.picture_in = made["drawn"], made["picture_in"]
        self.rows = self.reported(*range(20), places="DE", email="jo@example.org")
        self.cases = [row["case"] for row in self.rows]
        self.names: dict[str, str] = {}

    def made(self, who: str, address: str, **body: Any) -> Any:
        """Ask for something through the API itself."""
        answer = self.clients[who].post(f"/api/v1/{address}", body, format="json")
        assert 200 <= answer.status_code < 300, (address, answer.content)
        return answer.json() if answer.content else {}

    def decided(self, who: str, case: str, action: str = "label") -> Any:
        """Decide a case."""
        return self.made(who, f"cases/{case}/decisions", action=action, reason="A machine made it.")

    def actor(self, who: str) -> Any:
        """The person as who acts."""
        return person_actor(Person.objects.get(username=who))


@pytest.fixture
def seed(
    admin: APIClient,
    client_for: Callable[..., APIClient],
    reported: Callable[..., Any],
    drawn: Callable[..., Any],
    picture_in: Callable[..., Any],
    settings: Any,
    tmp_path: Path,
) -> Seed:
    """The cases there are, and who asks."""
    settings.SIGNING_DIR, settings.WATERMARK_KEY = str(tmp_path / "keys"), str(tmp_path / "mark")
    settings.CHECKPOINT_DIR, settings.PUBLIC_URL = tmp_path / "points", "https://probity.example"
    settings.MISUSE_LEAST = 1
    settings.REFERRALS, settings.NCMEC_URL = ["ncmec"], "http://127.0.0.1:9"
    clients = {"ada": admin, "eve": client_for("eve", "administrator")}
    clients |= {"mo": client_for("mo", "senior"), "rex": client_for("rex", "senior")}
    made = Seed(clients, reported=reported, drawn=drawn, picture_in=picture_in)
    for add in (_work, _decisions, _media, _appeals, _misuse, _keeping):
        add(made)
    return made


def _work(seed: Seed) -> None:
    cases, later = seed.cases, (now() + timedelta(days=1)).isoformat()
    valid = seed.reported(
        30, category="intimate", depicted=True, good_faith=True, signature="Jo Doe",
        email="a@b.example",
    )[0]  # fmt: skip
    for title in ("Elections", "Sports"):
        seed.made("ada", "queues", title=title)
    for mine in (cases[5], cases[7]):
        seed.made("ada", f"cases/{mine}/claim")
    seed.made("eve", f"cases/{cases[6]}/escalate", reason="Look, please.")
    seed.made("ada", f"cases/{cases[7]}/snooze", until=later, reason="Not now.")
    seed.names |= {
        "case_id": cases[0], "report_id": seed.rows[0]["report"],
        "receipt": seed.rows[0]["receipt"], "request_update.report_id": valid["report"],
        "free": cases[1], "into": cases[3], "later": later,
        "report_split.case_id": cases[2], "second_report": seed.reported(2)[0]["report"],
        "case_merge.case_id": cases[4], "case_calm.case_id": cases[6],
        "case_wake.case_id": cases[7], "referral_propose.case_id": cases[8],
        "language": "en", "category": "intimate", "queue_change.name": "elections",
    }  # fmt: skip
    free = (
        "case_decide", "facts_answer", "places_answer", "decision_preview", "case_escalate",
        "case_claim", "case_skip", "case_snooze",
    )  # fmt: skip
    held = ("claim_extend", "case_return", "case_send", "case_requeue", "case_give_on")
    seed.names |= {f"{name}.case_id": cases[1] for name in free}
    seed.names |= {f"{name}.case_id": cases[5] for name in held}


def _decisions(seed: Seed) -> None:
    made = seed.decided("eve", seed.cases[0])
    seed.names |= {
        "decision_id": made["id"],
        "measure_id": made["measures"][0]["measure"],
        "decision_answer.decision_id": seed.decided("eve", seed.cases[13], "suspend")["id"],
    }


def _media(seed: Seed) -> None:
    cases = seed.cases
    first, second, third = (seed.picture_in(cases[place], place) for place in (0, 15, 16))
    view = derivative_keep(
        asset=first, name="view", media_type="image/png", data=seed.drawn(3), producer="test 1"
    )
    ticked = seed.picture_in(cases[12], 12)
    asset_seal(
        asset=ticked, cause=SealCause.TICK, actor="system", case=UUID(cases[12]), why="a tick"
    )
    beside = seed.picture_in(cases[12], 17)
    asset_seal(
        asset=beside, cause=SealCause.BESIDE, actor="system", case=UUID(cases[12]), why="beside"
    )
    evidence_unseal(
        case=Case.objects.get(pk=cases[12]), asset=beside, reason="It is an actor of the film.",
        actor=seed.actor("eve"),
    )  # fmt: skip
    match = _alike(first, second, case=cases[0])
    for asset, side in ((first, "copy"), (second, "known")):
        derivative_keep(
            asset=asset, name=f"aligned-{match.pk.hex[:12]}-{side}", media_type="image/jpeg",
            data=seed.drawn(4), producer="test 1",
        )  # fmt: skip
    seed.decided("eve", cases[16], "remove")
    _alike(third, second, case=cases[16])
    carry = seed.made("eve", f"cases/{cases[16]}/carries", cases=[cases[15]])
    seed.names |= {
        "derivative_id": str(view.pk), "sha256": first.sha256, "match_id": str(match.pk),
        "asset_seal.sha256": second.sha256, "asset_seal.case_id": cases[15], "copy": cases[15],
        "asset_unseal.sha256": ticked.sha256, "asset_unseal.case_id": cases[12],
        "asset_unseal_answer.sha256": beside.sha256, "asset_unseal_answer.case_id": cases[12],
        "carry_id": carry["id"], "match_answer.case_id": cases[15],
    }  # fmt: skip


def _appeals(seed: Seed) -> None:
    seed.decided("eve", seed.cases[17])
    case = Case.objects.get(pk=seed.cases[17])
    asking = asking_read({"ground": "satire", "words": "Look again."}, side=Side.UPLOADER)
    appeal = appeal_send(case=case, asking=asking, actor=UPLOADER)
    appeal_take(appeal=appeal, actor=seed.actor("ada"))
    proposed, agreed = (
        seed.made("eve", f"cases/{pk}/referrals", plugin="ncmec", summary="A.", reason="B.")["id"]
        for pk in (case.pk, seed.cases[13])
    )
    seed.made("ada", f"referrals/{agreed}/answer", agree=True)
    seed.names |= {
        "appeal_id": str(appeal.pk), "referral_id": proposed,
        "referral_step.referral_id": agreed, "step": "submit",
        "page": page_open(case=Case.objects.get(pk=seed.cases[0]))[1],
    }  # fmt: skip


def _misuse(seed: Seed) -> None:
    eve, names = seed.actor("eve"), seed.names
    for place, name in enumerate(PARTIES):
        party = _misused(seed, 60 + place, f"{name}@example.org")
        names[f"{name}.party_id"] = str(party.id)
        if name == "plain":
            continue
        misuse_warn(party=party, reason="Please stop.", actor=eve)
        _misused(seed, 70 + place, f"{name}@example.org")
        if name == "warned":
            continue
        row = suspension_propose(
            party=party, factors=dict.fromkeys(FACTORS, "Weighed."), reason="Often.", days=30,
            actor=eve,
        )  # fmt: skip
        if name == "running":
            suspension_answer(suspension=row, agree=True, actor=seed.actor("ada"))
        step = "end" if name == "running" else "answer"
        names[f"suspension_{step}.suspension_id"] = str(row.pk)
    names |= {
        "party_id": names["warned.party_id"], "misuse_warn.party_id": names["plain.party_id"],
        "kind": "reporter",
    }  # fmt: skip


def _misused(seed: Seed, place: int, email: str) -> PartyOf:
    """A report that is manifestly unfounded, and whose it is."""
    found = manifest_find(
        kind=Misuse.UNFOUNDED_NOTICE,
        report=Report.objects.get(pk=seed.reported(place, email=email)[0]["report"]),
        reason="Plainly a cat.",
        actor=seed.actor("eve"),
    )
    return PartyOf(reporter=found.reporter)


def _keeping(seed: Seed) -> None:
    cases, because = seed.cases, {"reason": "Ordered.", "reference": "1 C 1/26"}
    hold = seed.made("ada", f"cases/{cases[8]}/holds", kind="court_order", **because)
    silence = seed.made(
        "ada", f"cases/{cases[0]}/notice-holds", to="reporter", ground="law", **because
    )
    erasure = seed.made(
        "ada", f"cases/{cases[1]}/erasures", requester="depicted", reports=[seed.rows[1]["report"]]
    )
    note = Case.objects.get(pk=cases[6]).work_notes.get()
    NoteReview.objects.create(
        note=note, about="report:1", elsewhere=False, asked_at=now(), due_at=now()
    )
    link = seed.made("ada", f"cases/{cases[0]}/counsel", label="Dr Weiß", days=7)
    export = export_request(
        case=Case.objects.get(pk=cases[17]), profile="hashes", purpose="File", why="",
        recipient="The court", person=Person.objects.get(username="ada"), actor="system",
    )  # fmt: skip
    Export.objects.filter(pk=export.pk).update(state="building")
    export_build(Export.objects.get(pk=export.pk))
    seed.names |= {
        "hold_id": hold["id"], "notice_hold_end.hold_id": silence["id"],
        "request_id": erasure["id"], "free_receipt": seed.rows[18]["receipt"],
        "note_id": str(note.pk), "note_review_answer.case_id": cases[6],
        "link_id": link["id"], "export_id": str(export.pk), "export_read.case_id": cases[17],
        "export_download.case_id": cases[17],
    }  # fmt: skip


def _alike(asset: Any, known: Any, *, case: str) -> Match:
    return Match.objects.create(
        asset=asset, known=known, signal="pdq", distance=4, case=case, found_at=now()
    )
