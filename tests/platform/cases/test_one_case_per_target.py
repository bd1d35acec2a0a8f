"""Reports of one thing are worked as one case, whoever sends them and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.audit.models import AuditEvent
from probity.cases.models import Case, CaseState, Report
from probity.cases.receipts import receipt_digest
from probity.cases.services import case_move, report_erase
from probity.cases.targets import target_of

pytestmark = pytest.mark.django_db
URL = "https://www.host.example/post/9?utm_source=mail&id=7"
SAME = "http://host.example/post/9/?id=7&fbclid=x#top"


def test_the_same_address_joins_whatever_it_is_called_and_each_keeps_a_receipt(
    reported: Callable[..., Any],
) -> None:
    first, second = reported(url=URL), reported(url=SAME)

    assert second.case.pk == first.case.pk
    assert Case.objects.count() == 1
    assert first.token != second.token
    digests = {receipt_digest(one.token) for one in (first, second)}
    assert set(Report.objects.values_list("receipt_digest", flat=True)) == digests
    assert AuditEvent.objects.filter(name="report.joined").count() == 1


def test_the_platform_s_own_name_for_it_joins_too(reported: Callable[..., Any]) -> None:
    first = reported(reference="post:9", url="https://host.example/a")
    second = reported(reference="post:9", url="https://m.host.example/b")
    assert second.case.pk == first.case.pk


def test_a_second_address_of_a_joined_report_leads_to_the_same_case(
    reported: Callable[..., Any],
) -> None:
    sha256 = "ab" * 32
    first = reported(url="https://host.example/1", sha256=sha256)
    item_of(first)
    second = reported(url="https://host.example/2", sha256=sha256)
    third = reported(url="https://host.example/2")
    assert {first.case.pk, second.case.pk, third.case.pk} == {first.case.pk}


def item_of(receipt: Any) -> None:
    from probity.cases.services import item_add
    from probity.core.clock import now
    from probity.evidence.models import Asset

    asset = Asset.objects.create(
        sha256=receipt.report.claimed_sha256,
        bytes=1,
        kind="image",
        media_type="image/jpeg",
        received_at=now(),
    )
    item_add(case=receipt.case, asset=asset, report=receipt.report)


def test_another_thing_and_a_decided_case_open_another_case(
    reported: Callable[..., Any],
) -> None:
    first, other = reported(url=URL), reported(url="https://host.example/post/9?id=8")
    assert other.case.pk != first.case.pk
    case = case_move(case=first.case, to=CaseState.IN_REVIEW, actor="system")
    case_move(case=case, to=CaseState.DECIDED, actor="system")

    again = reported(url=URL)
    assert again.case.pk != first.case.pk
    case_move(case=case, to=CaseState.IN_REVIEW, actor="system")  # looked at once more
    case.refresh_from_db()
    assert (case.target, again.case.target != "") == ("", True)
    assert reported(url=URL).case.pk in {first.case.pk, again.case.pk}


def test_a_graver_report_makes_the_case_graver_and_never_milder(
    reported: Callable[..., Any],
) -> None:
    case = reported(url=URL, category="other").case
    reported(url=URL, category="intimate")
    reported(url=URL, category="defamation")
    case.refresh_from_db()
    assert case.category == "intimate"
    assert case.categories == {"other", "intimate", "defamation"}
    assert AuditEvent.objects.filter(name="case.category").count() == 1


def test_a_second_open_case_of_a_target_is_refused_by_the_database(
    opened: Callable[..., Case],
) -> None:
    one, two = opened(url=URL), opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=two.pk).update(target=one.target)


def test_what_is_erased_takes_the_digest_of_its_address_along(opened: Callable[..., Case]) -> None:
    case = opened(url=URL)
    assert case.target == target_of(url=SAME)
    report_erase(report=case.reports.get(), actor="system")
    case.refresh_from_db()
    assert (case.target, case.reports.get().target) == ("", "")
