"""A house in which every page has something to show."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

OWN = "correct horse battery"
SHOWN = {
    "step": "send", "go": "send", "person": "me", "category": "intimate", "good_faith": "true",
    "no_consent": "true", "explanation": "This is my face.", "signature": "Jo Doe",
    "url": "https://host.example/me", "email": "me@example.org",
}  # fmt: skip


@dataclass
class House:
    """Where the product answers, who is in it, and what its addresses can be filled with.

    ``known`` maps the parts of addresses to values; ``own`` does so for single addresses, which
    then win. ``also`` holds further states of a page: a name, an address and who looks; ``forms``
    holds pages that only a form leads to: the same, and what it sends.
    """

    url: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    also: list[tuple[str, str, str]] = field(default_factory=list)
    forms: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)


class Builder:
    """Fills a house through its own pages, as the people in it would."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.browsers: dict[str, Any] = {}
        self.people: dict[str, Any] = {}
        self.generator = np.random.default_rng(11)

    def build(self) -> None:
        """Everything, in an order in which each step finds what it needs."""
        self._people()
        self._creators()  # the desk rests while a case waits for a worker
        self._cases()
        self._deciding()
        self._contests()
        self._leaving()
        self._banks()
        self._around()
        for name, browser in self.browsers.items():
            if kept := browser.cookies.get("probity_session"):
                self.house.cookies[name] = kept.value

    def _people(self) -> None:
        from django.core.management import call_command
        from django.test import Client

        from probity.accounts.adapters import CONFIRMED_KEY
        from probity.accounts.roles import Role
        from probity.accounts.services import password_set, person_create

        call_command("setup_instance", verbosity=0, stdout=io.StringIO())
        for name, roles in {
            "ada": list(Role), "rev": ["reviewer"], "lena": ["lead"], "cleo": ["creator"],
            "tess": ["reviewer"], "sven": ["senior"],
        }.items():  # fmt: skip
            person, _ = person_create(username=name, roles=roles)
            password_set(person=person, password=OWN)
            browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Chrome/140.0"})
            browser.force_login(person)
            session = browser.session
            session[CONFIRMED_KEY] = time.time()
            session.save()
            self.people[name], self.browsers[name] = person, browser
        self.browsers["stranger"] = Client()
        self.house.known["person_id"] = self.people["rev"].pk

    def ask(self, who: str, address: str, said: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form; what was refused names itself."""
        answer = self.browsers[who].post(address, {**(said or {}), **more})
        assert answer.status_code < 400, (address, answer.status_code, answer.content.decode())
        return answer

    def report(self, picture: Any = None, **said: Any) -> Any:
        """A stranger's report; the newest case."""
        from probity.cases.models import Case

        count = Case.objects.count()
        fields = {
            "category": "election", "explanation": "The day of the election is wrong in it.",
            "places": "DE", "url": f"https://host.example/post/{count}", **said,
        }  # fmt: skip
        if picture is not None:
            fields |= {"file": file_of(picture), "url": ""}
        answer = self.ask("stranger", "/report", fields)
        self.house.known.setdefault("receipt", answer["Location"].rsplit("/", 1)[1].split("?")[0])
        return Case.objects.latest("number")

    def drawn(self) -> Image.Image:
        """Soft shapes that nothing else is like."""
        whole = np.zeros((180, 240, 3))
        for cells in (4, 9, 21):
            coarse = self.generator.uniform(0, 255, (cells, cells, 3)).astype(np.uint8)
            large = Image.fromarray(coarse).resize((240, 180), Image.Resampling.BICUBIC)
            whole += np.asarray(large, dtype=np.float64) / 3
        return Image.fromarray(whole.astype(np.uint8))

    def _cases(self) -> None:
        from probity.evidence.models import Derivative
        from probity.matching.models import Cluster, Match
        from probity.workflow.worker import jobs_drain

        picture = self.drawn()
        self.main = self.report(picture, places="US-CA", email="jo@example.org")
        jobs_drain(["cpu", "gpu"])
        self.copy = self.report(ImageOps.mirror(picture), explanation="The same, mirrored.")
        self.compared()
        waiting = self.report(self.drawn(), explanation="This was just sent.")
        sealed = self.report(self.drawn(), explanation="She may be under age.")
        self.bare = self.report(explanation="Only an address.")
        main = f"/triage/{self.main.pk}"
        self.ask("ada", f"{main}/claim")
        self.ask("ada", f"{main}/facts", fact="parody", value="false")
        view = Derivative.objects.get(asset=self.main.items.get().asset, name="view")
        self.ask("ada", f"{main}/reveal", derivative=str(view.pk))
        self.ask("rev", f"/triage/{self.bare.pk}/claim")
        asset = sealed.items.get().asset
        self.ask("ada", f"/triage/{sealed.pk}/seal", asset=str(asset.pk))
        known = self.house.known
        known |= {"case_id": self.main.pk, "sha256": self.main.items.get().asset.sha256}
        known |= {"match_id": Match.objects.get().pk, "cluster_id": Cluster.objects.get().pk}
        self.also("case, being looked at", f"/triage/{waiting.pk}")
        self.also("case, sealed", f"/triage/{sealed.pk}")
        self.also("case, held by another", f"/triage/{self.bare.pk}")
        self.also("case, not held", f"/triage/{self.copy.pk}")

    def compared(self) -> None:
        """Do what a worker does about copies of the newest file, and leave its detectors out."""
        from probity.analysis.queue import job_claim, job_complete
        from probity.evidence.probes import Probe
        from probity.evidence.selectors import asset_bytes
        from probity.evidence.services import previews_make
        from probity.workflow.case_match import copies_say

        job = job_claim(worker="access", queues=["cpu"])
        assert job is not None
        with asset_bytes(job.asset) as path:
            previews_make(asset=job.asset, path=path)
            copies_say(job, path, probe=Probe.from_dict(job.asset.probe), say=lambda _: None)
        job_complete(job=job)

    def also(self, name: str, address: str, who: str = "ada") -> None:
        """A further state of a page."""
        self.house.also.append((name, address, who))

    def _deciding(self) -> None:
        from probity.decisions.models import Decision, DecisionState
        from probity.notices.services import page_open

        held = self.report(may_show_minor="1", category="impersonation", explanation="A pupil.")
        self.decided = self.report(explanation="It was made up.", email="eve@example.org")
        for case in (held, self.decided):
            self.ask("rev", f"/triage/{case.pk}/claim")
        self.ask("rev", f"/triage/{held.pk}/facts", fact="depicted_is_minor", value="true")
        said = {"reason": "It poses as the office and names a wrong day.", "action": "remove"}
        for case in (held, self.decided):
            self.ask("rev", f"/triage/{case.pk}/decide", said, version=self.version(case))
        assert Decision.objects.count() == 2
        assert Decision.objects.get(case=held).state == DecisionState.HELD
        self.also("case, a second person is needed", f"/triage/{held.pk}", "sven")
        self.also("case, a second person is needed, by who decided it", f"/triage/{held.pk}", "rev")
        self.also("case, decided", f"/triage/{self.decided.pk}")
        for name in ("dossier", "statement", "case-notices", "case-keeping", "exports", "carry"):
            self.house.own[name] = {"case_id": self.decided.pk}
        _, token = page_open(case=self.decided)
        self.house.own["uploader-page"] = {"token": token}

    def version(self, case: Any) -> str:
        """The version that the case's form would send now."""
        case.refresh_from_db()
        return str(case.version)

    def _contests(self) -> None:
        from probity.accounts.actors import person_actor
        from probity.cases.receipts import receipt_token
        from probity.contests.models import Appeal
        from probity.keeping.models import ErasureRequest
        from probity.keeping.receipts import erasure_token
        from probity.parties.models import Sender
        from probity.workflow.counsel import counsel_invite

        own, report = self.house.own, self.decided.reports.get()
        receipt = receipt_token(report.pk)
        door = f"/appeal/{own['uploader-page']['token']}"
        self.ask("stranger", door, ground="satire", words="It is a joke.")
        appeal = Appeal.objects.get()
        self.ask("sven", f"/review/appeals/{appeal.pk}/take")
        own["appeal"] = {"appeal_id": appeal.pk}
        own["appeal-new"] = own["status"] = {"token": receipt}
        self.ask("stranger", f"/status/{self.house.known['receipt']}/erase", words="Please.")
        row = ErasureRequest.objects.get()
        own["erasure-outcome"] = {"token": erasure_token(row.pk)}
        hold = {"kind": "court_order", "reason": "Doe v. Roe.", "reference": "HC-17", "asset": ""}
        self.ask("ada", f"/review/{self.main.pk}/keeping/hold", hold)
        self.also("keeping of a case under hold", f"/review/{self.main.pk}/keeping")
        awarded = {"award_authority": "Act", "awarded_on": "2026-01-01"}
        self.ask("ada", "/review/senders", name="Faces Watch", kind="authority", **awarded)
        self.house.known["sender_id"] = Sender.objects.get().pk
        found = {"what": f"unfounded_notice:{report.pk}", "reason": "Plainly a cat."}
        self.ask("ada", "/review/misuse/find", found, case=str(self.decided.pk))
        own["misuse-party"] = {"kind": "reporter", "party_id": report.pk}
        actor = person_actor(self.people["ada"])
        _, secret = counsel_invite(case=self.main, label="Doe & Co", days=3, actor=actor)
        own["counsel-room"] = {"secret": secret}
        ask = {"profile": "court", "purpose": "Appeal 7", "recipient": "The court", "why": ""}
        self.ask("ada", f"/review/{self.decided.pk}/bundles", ask)
        self.ask("stranger", "/request", SHOWN)
        self.also("case of somebody shown", f"/triage/{self.newest().pk}")
        self._referred()

    def _referred(self) -> None:
        from probity.contests.models import Referral

        said: dict[str, Any] = {
            "plugin": "ncmec",
            "summary": "A pupil, drawn undressed.",
            "reason": "The law.",
        }
        self.ask("lena", f"/review/cases/{self.bare.pk}/referrals", said, with_files="1")
        self.ask("lena", f"/review/cases/{self.decided.pk}/referrals", said)
        row = Referral.objects.get(case=self.decided)
        self.ask("ada", f"/review/referrals/{row.pk}/answer", agree="1")
        self.also("referral, by who proposed it", f"/triage/{self.bare.pk}", "lena")

    def newest(self) -> Any:
        """The newest case."""
        from probity.cases.models import Case

        return Case.objects.latest("number")

    def _leaving(self) -> None:
        from probity.alerts.models import Alert, Subscription
        from probity.alerts.tokens import confirm_token, leave_token
        from probity.outbox.models import Endpoint

        made = {"name": "Host", "url": "https://host.example/hook", "kinds": ["decision.made"]}
        self.ask("ada", "/outbox", made)
        endpoint = Endpoint.objects.get()
        self.ask("ada", f"/outbox/endpoints/{endpoint.pk}/test")
        made = {"name": "Us", "kind": "likeness", "why": "Our own people."}
        page = self.ask("ada", "/alerts/lists", made)["Location"]
        self.ask("ada", f"{page}/names", text="Ada Example")
        self.ask("ada", f"{page}/hashes", kind="sha256", value="0" * 64, why="Known.")
        self.ask("ada", f"{page}/subscribers", email="a@b.example", via="mail", rhythm="daily")
        self.report(explanation="This shows Ada Example.", category="other")
        known, asking = self.house.known, Subscription.objects.get()
        known |= {"endpoint_id": endpoint.pk, "message_id": endpoint.messages.get().pk}
        known |= {"list_id": page.rsplit("/", 1)[1], "alert_id": Alert.objects.get().pk}
        self.house.own["alerts-confirm"] = {"token": confirm_token(asking)}
        self.house.own["alerts-leave"] = {"token": leave_token(asking)}

    def _banks(self) -> None:
        made = {"label": "What partners know", "kind": "known", "source": "A partner"}
        self.ask("ada", "/review/banks", made, name="partner", licence="Agreement 7")
        entry = {"how": "hash", "kind": "sha256", "value": "1" * 64, "why": "They sent it."}
        self.ask("ada", "/review/banks/partner", entry, label="A known copy")
        self.house.own["bank"] = {"name": "partner"}

    def _creators(self) -> None:
        from probity.credentials.models import SigningIdentity, Work
        from probity.credentials.queue import desk_work

        trial = {"name": "trial", "subject": "A. L.", "algorithm": "ES256", "kind": "trial"}
        self.ask("cleo", "/desk/identities", trial)
        identity = str(SigningIdentity.objects.get().pk)
        said = {"identity": identity, "ai": "generated", "files": [file_of(self.drawn())]}
        self.ask("cleo", "/desk", said)
        desk_work()
        work = Work.objects.get()
        self.house.known["work_id"] = work.pk
        kept = self.browsers["cleo"].get(f"/desk/works/{work.pk}/file")
        assert kept.status_code == 200, (work.step, kept.content.decode())
        signed = b"".join(kept.streaming_content)
        plain = self.ask("stranger", "/check", file=file_of(self.drawn()))["Location"]
        again = self.ask("stranger", "/check", file=file_of(signed))["Location"]
        desk_work()
        waiting = self.ask("stranger", "/check", file=file_of(self.drawn()))["Location"]
        self.house.own["check-answer"] = {"check_id": again.rsplit("/", 1)[1]}
        self.also("check of a plain picture", plain, "stranger")
        self.also("check, being read", waiting, "stranger")

    def _around(self) -> None:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
        from django.test import Client

        from probity.bulk.models import BulkRun
        from probity.care.models import Severity
        from probity.care.services import exposure_note
        from probity.core.clock import now
        from probity.decisions.law import packs
        from probity.evidence.models import Derivative

        order = {"q": "election", "pick": "all", "act": "decide", "reason": "The same."}
        order["measure"] = "label"
        look = self.ask("lena", "/triage/bulk/preview", order)
        self.ask("lena", "/triage/bulk/propose", order, seen=look.context["plan"].mark)
        known, own = self.house.known, self.house.own
        known |= {"run_id": BulkRun.objects.get().pk, "pack": packs()[0].id}
        known["detector"] = "image.noise"
        until = f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
        self.ask("ada", f"/triage/{self.copy.pk}/snooze", until=until, reason="Waits.")
        self.ask("rev", "/triage/search/views", q="election", name="Elections")
        exposure_note(person=self.people["tess"], severity=Severity.ORDINARY, seconds=90_000)
        view = Derivative.objects.get(asset=self.main.items.get().asset, name="view")
        known["derivative_id"] = view.pk
        own["notice-text"] = {"kind": "statement", "language": "en"}
        TOTP.activate(self.people["sven"], generate_totp_secret())
        half = Client()
        half.post("/sign-in", {"username": "sven", "password": OWN})
        self.browsers["half"] = half
        for name, query in {
            "queue of what is open": "show=open", "queue of what is mine": "show=mine",
            "queue of what is decided": "show=decided",
        }.items():  # fmt: skip
            self.also(name, f"/triage?{query}")
        self.also("queue of a reviewer", "/triage", "rev")
        self.also("search with results", "/triage/search?q=election")
        self.also("search without results", "/triage/search?q=zebra")
        self.also("search not understood", "/triage/search?q=nothing%3Aof")
        self.also("what if, of a case", f"/review/law/what-if?case={self.main.pk}")
        self.house.forms += [
            ("bulk, what to do", "/triage/bulk/new", "lena", {"q": "election", "pick": "all"}),
            ("bulk, looked at", "/triage/bulk/preview", "lena", order),
            ("bulk, refused", "/triage/bulk/preview", "lena", {"pick": "all", "q": "election"}),
            ("report, refused", "/report", "stranger", {"email": "x"}),
            ("check, refused", "/check", "stranger", {}),
            ("sign-in, refused", "/sign-in", "stranger", {"username": "x"}),
            ("request, second step", "/request", "stranger", {"step": "who", "person": "me"}),
            ("request, last step", "/request", "stranger", SHOWN | {"step": "reach", "go": "next"}),
            ("request, refused", "/request", "stranger", {"step": "who"}),
        ]
        self.also("address that leads nowhere", "/nowhere")
        self.also("page that is not for them", "/administration/people", "rev")


def file_of(picture: Image.Image | bytes) -> Any:
    """An upload of a picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    if isinstance(picture, Image.Image):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88)
        picture = out.getvalue()
    return SimpleUploadedFile("a.jpg", picture, "image/jpeg")


@pytest.fixture(scope="session")
def fill() -> Callable[[], House]:
    """Fill a house; the database is the one in use then."""

    def filled() -> House:
        house = House()
        Builder(house).build()
        return house

    return filled
