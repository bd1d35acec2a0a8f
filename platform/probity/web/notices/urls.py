"""The addresses of notices: private pages, letters of a case, words, the public database."""

from django.urls import path

from . import case_views, database_views, private_views, text_views

urlpatterns = [
    path("decision/<str:token>", private_views.uploader, name="uploader-page"),
    path("review/<uuid:case_id>/notices", case_views.notices, name="case-notices"),
    path(
        "review/<uuid:case_id>/notices/address",
        case_views.uploader_address,
        name="uploader-address",
    ),
    path("review/<uuid:case_id>/notices/hold", case_views.hold, name="notice-hold"),
    path(
        "review/<uuid:case_id>/notices/hold/<uuid:hold_id>/end",
        case_views.hold_end,
        name="notice-hold-end",
    ),
    path("leading/texts", text_views.texts, name="notice-texts"),
    path("leading/texts/<slug:kind>/<slug:language>", text_views.text, name="notice-text"),
    path(
        "leading/texts/<slug:kind>/<slug:language>/restore",
        text_views.restore,
        name="notice-restore",
    ),
    path("leading/transparency", database_views.database, name="transparency"),
    path("leading/transparency/counts.csv", database_views.counts, name="transparency-counts"),
    path(
        "leading/transparency/<uuid:decision_id>/facts",
        database_views.facts,
        name="transparency-facts",
    ),
]
