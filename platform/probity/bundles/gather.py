"""Everything a case has, as entries of a bundle, with what was withheld and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from probity.analysis.engines import detector_cards, manifest_store, trust_lists
from probity.analysis.models import FindingPicture, Run
from probity.analysis.selectors import run_erased
from probity.audit.keys import log_verify_key
from probity.audit.models import LogCheckpoint
from probity.audit.proofs import Inclusion, inclusion_of
from probity.audit.selectors import chain_events
from probity.audit.services import as_link, case_chain
from probity.cases.models import Case
from probity.decisions.models import PackApproval, PackVersion
from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import asset_bytes, custody_of, derivative_open, original_open

from . import records
from .entries import Entry, json_entry, text_entry
from .models import Profile
from .redaction import (
    DESTROYED,
    Redaction,
    derivative_withheld,
    original_withheld,
    reporter_withheld,
)
from .told import notice_entries

Extra = Callable[[Case, bool], Iterable[tuple[Entry, str]]]
_extras: list[Extra] = []


def extra_register(extra: Extra) -> None:
    """Let a room above add entries: given the case and whether all is shown, each entry with the
    reason for what it withholds, empty when nothing."""
    if extra not in _extras:
        _extras.append(extra)


@dataclass
class Gathering:
    """A case under one profile. Read `entries` to the end before `redactions`."""

    case: Case
    profile: Profile
    redactions: list[Redaction] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        """Every payload file but those that speak of the bundle itself."""
        yield json_entry("case.json", "case", records.case_record(self.case))
        yield from chain(
            self._reports(), self._assets(), self._analyses(), self._law(), self._decisions(),
            self._notices(), self._beside(), self._log(),
        )  # fmt: skip

    def _withhold(self, what: str, why: str | None) -> str | None:
        if why:
            self.redactions.append(Redaction(what, why))
        return why

    def _reports(self) -> Iterator[Entry]:
        for report in self.case.reports.select_related("contact"):
            path = f"reports/{report.pk}.json"
            withheld = None
            if hasattr(report, "contact"):
                withheld = self._withhold(f"{path}: contact", reporter_withheld(self.profile))
            body = records.report_record(report, reporter=withheld is None)
            yield json_entry(path, "report", body)

    def _assets(self) -> Iterator[Entry]:
        for item in self.case.items.select_related("asset"):
            yield from self._asset(item.asset)

    def _asset(self, asset: Asset) -> Iterator[Entry]:
        folder = f"assets/{asset.sha256}"
        why = original_withheld(self.profile, case=self.case, asset=asset)
        self._withhold(f"{folder}/original", why)
        yield json_entry(f"{folder}/asset.json", "asset", records.asset_record(asset, withheld=why))
        custody = [records.custody_record(event) for event in custody_of(asset)]
        yield json_entry(f"{folder}/custody.json", "custody", custody)
        if why is None:
            yield Entry(f"{folder}/original", "original", opener=lambda: original_open(asset))
            with asset_bytes(asset) as path:
                store = manifest_store(path)
            if store:
                yield Entry(f"{folder}/manifest-store.c2pa", "manifest store", store)
        # two detectors may have drawn the same picture: it is one file, the more guarded of the two
        given: set[str] = set()
        for derivative in asset.derivatives.filter(destroyed_at=None).order_by("-concealed", "pk"):
            if derivative.sha256 not in given:
                given.add(derivative.sha256)
                yield from self._derivative(folder, derivative)

    def _derivative(self, folder: str, derivative: Derivative) -> Iterator[Entry]:
        suffix = derivative.media_type.rpartition("/")[2].split("+")[0]
        path = f"{folder}/derivatives/{derivative.sha256[:16]}.{suffix}"
        diagram = FindingPicture.objects.filter(derivative=derivative).exists()
        why = derivative_withheld(
            self.profile, case=self.case, asset=derivative.asset,
            concealed=derivative.concealed or diagram,
        )  # fmt: skip
        if self._withhold(path, why) is None:
            role = "picture" if diagram else "derivative"
            yield Entry(path, role, opener=lambda: derivative_open(derivative))

    def _analyses(self) -> Iterator[Entry]:
        assets = [item.asset_id for item in self.case.items.all()]
        runs = Run.objects.filter(asset__in=assets).order_by("started_at")
        producers: set[str] = set()
        for run in runs:
            if run_erased(run):
                self._withhold(f"runs/{run.pk}.json", DESTROYED)
                continue
            producers |= set(run.findings.values_list("producer", flat=True))
            yield json_entry(f"runs/{run.pk}.json", "run", records.run_record(run))
        for name, card in detector_cards(producers).items():
            yield json_entry(f"cards/{name}.json", "detector card", card)
        yield json_entry("trust/lists.json", "trust lists", trust_lists())

    def _law(self) -> Iterator[Entry]:
        digests: set[str] = set()
        for row in self.case.evaluations.all():
            digests |= set(row.pack_digests.values())
            path = f"evaluations/{row.pk}.json"
            yield json_entry(path, "evaluation", records.evaluation_record(row))
        for version in PackVersion.objects.filter(digest__in=digests):
            yield json_entry(f"packs/{version.digest}.json", "policy pack", version.document)
        approvals = PackApproval.objects.filter(version__digest__in=digests)
        yield _listed("approvals.json", "approvals", map(records.approval_record, approvals))
        yield _listed("clocks.json", "clocks", map(records.clock_record, self.case.clocks.all()))

    def _decisions(self) -> Iterator[Entry]:
        for answer in self.case.answers.all():
            yield json_entry(f"answers/{answer.pk}.json", "answer", records.answer_record(answer))
        for row in self.case.decisions.all():
            yield json_entry(f"decisions/{row.pk}.json", "decision", records.decision_record(row))
        for statement in self.case.statements.all():
            path = f"statements/{statement.pk}"
            yield json_entry(f"{path}.json", "statement", records.statement_record(statement))
            yield text_entry(f"{path}.txt", "statement", statement.text)

    def _notices(self) -> Iterator[Entry]:
        for entry, why in notice_entries(self.case):
            self._withhold(f"{entry.path}: words", why or None)
            yield entry

    def _beside(self) -> Iterator[Entry]:
        for extra in _extras:
            for entry, why in extra(self.case, self.profile == Profile.FULL):
                self._withhold(entry.path, why or None)
                yield entry

    def _log(self) -> Iterator[Entry]:
        name = case_chain(self.case.pk)
        lines = [
            json.dumps(as_link(event).to_dict(), ensure_ascii=False, sort_keys=True)
            for event in chain_events(name)
        ]
        yield text_entry("log/events.jsonl", "log", "\n".join(lines) + "\n")
        yield text_entry("log/log.vkey", "log key", log_verify_key().text + "\n")
        proof = inclusion_of(name)
        if proof:
            yield json_entry("log/inclusion.json", "inclusion proof", proof.to_dict())
            yield from _checkpoint(proof)


def _checkpoint(proof: Inclusion) -> Iterator[Entry]:
    checkpoint: LogCheckpoint = proof.checkpoint
    yield text_entry("log/checkpoint.note", "checkpoint", checkpoint.note)
    for number, stamp in enumerate(checkpoint.stamps.all(), start=1):
        path = f"log/stamps/{number}"
        yield Entry(f"{path}.tsr", "time-stamp", bytes(stamp.token))
        yield json_entry(
            f"{path}.json", "time-stamp",
            {"authority": stamp.authority, "at": records.moment(stamp.at)},
        )  # fmt: skip


def _listed(path: str, role: str, rows: Iterable[object]) -> Entry:
    return json_entry(path, role, list(rows))
