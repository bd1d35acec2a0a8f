"""The addresses of notices under `/api/v1/`."""

from django.urls import path

from . import notices

urlpatterns = [
    path(
        "v1/cases/<uuid:case_id>/notices",
        notices.CaseNotices.as_view(),
        name="api-case-notices",
    ),
    path(
        "v1/cases/<uuid:case_id>/notice-holds",
        notices.CaseNoticeHolds.as_view(),
        name="api-notice-holds",
    ),
    path(
        "v1/cases/<uuid:case_id>/notice-holds/<uuid:hold_id>/end",
        notices.CaseNoticeHoldEnd.as_view(),
        name="api-notice-hold-end",
    ),
    path(
        "v1/cases/<uuid:case_id>/uploader-address",
        notices.UploaderAddress.as_view(),
        name="api-uploader-address",
    ),
    path("v1/notice-texts", notices.NoticeTexts.as_view(), name="api-notice-texts"),
    path(
        "v1/notice-texts/<slug:kind>/<slug:language>",
        notices.NoticeText.as_view(),
        name="api-notice-text",
    ),
    path(
        "v1/notice-texts/<slug:kind>/<slug:language>/preview",
        notices.NoticePreview.as_view(),
        name="api-notice-preview",
    ),
    path("v1/transparency", notices.Transparency.as_view(), name="api-transparency"),
    path(
        "v1/transparency/counts",
        notices.TransparencyCounts.as_view(),
        name="api-transparency-counts",
    ),
    path(
        "v1/decisions/<uuid:decision_id>/public-facts",
        notices.TransparencyFacts.as_view(),
        name="api-public-facts",
    ),
]
