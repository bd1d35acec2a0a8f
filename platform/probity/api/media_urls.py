"""The addresses of looking at media, for programs."""

from django.urls import path

from . import media

urlpatterns = [
    path("v1/cases/<uuid:case_id>/media", media.Media.as_view(), name="api-media"),
    path(
        "v1/cases/<uuid:case_id>/media/<uuid:derivative_id>/reveal",
        media.Reveal.as_view(),
        name="api-media-reveal",
    ),
    path(
        "v1/cases/<uuid:case_id>/media/<uuid:derivative_id>/step",
        media.RevealStep.as_view(),
        name="api-media-step",
    ),
    path(
        "v1/cases/<uuid:case_id>/media/<uuid:derivative_id>/file",
        media.MediaFile.as_view(),
        name="api-media-file",
    ),
    path(
        "v1/cases/<uuid:case_id>/assets/<str:sha256>/player",
        media.Player.as_view(),
        name="api-player",
    ),
    path(
        "v1/cases/<uuid:case_id>/matches/<uuid:match_id>/reveal",
        media.PairReveal.as_view(),
        name="api-match-reveal",
    ),
    path("v1/cases/<uuid:case_id>/give-on", media.GiveOn.as_view(), name="api-give-on"),
]
