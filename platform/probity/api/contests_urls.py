"""Addresses for contests, senders, misuse, requests and referrals."""

from django.urls import path

from . import contests, parties, requests

urlpatterns = [
    path("v1/appeals", contests.Appeals.as_view(), name="api-appeals"),
    path("v1/appeals/send", contests.Contesting.as_view(), name="api-appeal-send"),
    path("v1/appeals/<uuid:appeal_id>", contests.OneAppeal.as_view(), name="api-appeal"),
    path("v1/appeals/<uuid:appeal_id>/claim", contests.Take.as_view(), name="api-appeal-take"),
    path("v1/appeals/<uuid:appeal_id>/notes", contests.Notes.as_view(), name="api-appeal-notes"),
    path("v1/appeals/<uuid:appeal_id>/ruling", contests.Ruling.as_view(), name="api-appeal-ruling"),
    path(
        "v1/cases/<uuid:case_id>/appeals", contests.CaseAppeals.as_view(), name="api-case-appeals"
    ),
    path("v1/senders", parties.Senders.as_view(), name="api-senders"),
    path("v1/senders/<uuid:sender_id>", parties.OneSender.as_view(), name="api-sender"),
    path("v1/senders/<uuid:sender_id>/end", parties.SenderEnd.as_view(), name="api-sender-end"),
    path("v1/senders/<uuid:sender_id>/bindings", parties.Bindings.as_view(), name="api-bindings"),
    path(
        "v1/senders/<uuid:sender_id>/bindings/<uuid:binding_id>",
        parties.OneBinding.as_view(),
        name="api-binding",
    ),
    path("v1/misuse", parties.MisuseList.as_view(), name="api-misuse"),
    path("v1/misuse/findings", parties.Manifests.as_view(), name="api-misuse-findings"),
    path(
        "v1/misuse/<slug:kind>/<uuid:party_id>", parties.OneParty.as_view(), name="api-misuse-party"
    ),
    path(
        "v1/misuse/<slug:kind>/<uuid:party_id>/warnings",
        parties.Warnings.as_view(),
        name="api-warnings",
    ),
    path(
        "v1/misuse/<slug:kind>/<uuid:party_id>/suspensions",
        parties.Suspensions.as_view(),
        name="api-suspensions",
    ),
    path(
        "v1/suspensions/<uuid:suspension_id>/answer",
        parties.SuspensionAnswer.as_view(),
        name="api-suspension-answer",
    ),
    path(
        "v1/suspensions/<uuid:suspension_id>/end",
        parties.SuspensionEnd.as_view(),
        name="api-suspension-end",
    ),
    path("v1/requests", requests.Requests.as_view(), name="api-requests"),
    path("v1/requests/check", requests.RequestCheck.as_view(), name="api-request-check"),
    path(
        "v1/requests/<uuid:report_id>/updates",
        requests.RequestUpdates.as_view(),
        name="api-request-updates",
    ),
    path("v1/cases/<uuid:case_id>/referrals", requests.Referrals.as_view(), name="api-referrals"),
    path(
        "v1/referrals/<uuid:referral_id>/answer",
        requests.ReferralAnswer.as_view(),
        name="api-referral-answer",
    ),
    path(
        "v1/referrals/<uuid:referral_id>/<slug:step>",
        requests.ReferralStepTake.as_view(),
        name="api-referral-step",
    ),
]
