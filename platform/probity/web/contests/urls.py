"""Addresses for contesting, for people who are shown, for senders and misuse."""

from django.urls import path

from . import (
    appeal_new,
    appeal_views,
    misuse_views,
    referral_views,
    request_new,
    request_views,
    sender_views,
)

urlpatterns = [
    path("appeal/<str:token>", appeal_new.appeal_new, name="appeal-new"),
    path("request", request_new.request_new, name="request-new"),
    path("request/check", request_new.request_check, name="request-check"),
    path("review/appeals", appeal_views.appeals, name="appeals"),
    path("review/appeals/<uuid:appeal_id>", appeal_views.appeal, name="appeal"),
    path("review/appeals/<uuid:appeal_id>/take", appeal_views.take, name="appeal-take"),
    path("review/appeals/<uuid:appeal_id>/release", appeal_views.release, name="appeal-release"),
    path("review/appeals/<uuid:appeal_id>/note", appeal_views.note, name="appeal-note"),
    path("review/appeals/<uuid:appeal_id>/rule", appeal_views.rule, name="appeal-rule"),
    path("review/cases/<uuid:case_id>/referrals", referral_views.propose, name="referral-propose"),
    path(
        "review/referrals/<uuid:referral_id>/answer", referral_views.answer, name="referral-answer"
    ),
    path(
        "review/referrals/<uuid:referral_id>/<slug:name>",
        referral_views.step,
        name="referral-step",
    ),
    path("review/requests", request_views.requests, name="requests"),
    path("review/requests/<uuid:report_id>/update", request_views.update, name="request-update"),
    path("review/senders", sender_views.senders, name="senders"),
    path("review/senders/record.csv", sender_views.record, name="senders-record"),
    path("review/senders/<uuid:sender_id>", sender_views.sender, name="sender"),
    path("review/senders/<uuid:sender_id>/end", sender_views.end, name="sender-end"),
    path("review/senders/<uuid:sender_id>/bind", sender_views.bind, name="sender-bind"),
    path(
        "review/senders/<uuid:sender_id>/bindings/<uuid:binding_id>/end",
        sender_views.unbind,
        name="sender-unbind",
    ),
    path("review/misuse", misuse_views.misuse, name="misuse"),
    path("review/misuse/find", misuse_views.find, name="misuse-find"),
    path("review/misuse/<slug:kind>/<uuid:party_id>", misuse_views.party, name="misuse-party"),
    path("review/misuse/<slug:kind>/<uuid:party_id>/warn", misuse_views.warn, name="misuse-warn"),
    path(
        "review/misuse/<slug:kind>/<uuid:party_id>/suspend",
        misuse_views.propose,
        name="misuse-suspend",
    ),
    path(
        "review/misuse/suspensions/<uuid:suspension_id>/answer",
        misuse_views.answer,
        name="suspension-answer",
    ),
    path(
        "review/misuse/suspensions/<uuid:suspension_id>/end",
        misuse_views.end,
        name="suspension-end",
    ),
]
