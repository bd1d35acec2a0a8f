"""The addresses of quality, for programs."""

from django.urls import path

from . import goldens, quality

urlpatterns = [
    path("v1/me/quality", quality.OwnQuality.as_view(), name="api-own-quality"),
    path("v1/quality/goldens", goldens.Goldens.as_view(), name="api-goldens"),
    path("v1/quality/goldens/<uuid:golden_id>", goldens.OneGolden.as_view(), name="api-golden"),
    path(
        "v1/quality/goldens/<uuid:golden_id>/copies",
        goldens.GoldenCopies.as_view(),
        name="api-golden-copies",
    ),
    path("v1/quality/copies", goldens.QualityCopies.as_view(), name="api-quality-copies"),
    path(
        "v1/quality/copies/<uuid:trial_id>",
        goldens.OneQualityCopy.as_view(),
        name="api-quality-copy",
    ),
    path("v1/quality/differences", goldens.Differences.as_view(), name="api-differences"),
    path(
        "v1/quality/differences/<uuid:trial_id>/ruling",
        goldens.DifferenceRuling.as_view(),
        name="api-difference-ruling",
    ),
    path("v1/quality/rates", goldens.Rates.as_view(), name="api-quality-rates"),
    path("v1/quality/people", goldens.PeopleQuality.as_view(), name="api-quality-people"),
]
