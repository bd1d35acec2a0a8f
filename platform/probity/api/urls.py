from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from . import bundles, checks, law, soft_binding, views
from .missing import Missing

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/reports", views.Reports.as_view(), name="api-reports"),
    path("v1/cases", views.Cases.as_view(), name="api-cases"),
    path("v1/cases/<uuid:case_id>", views.OneCase.as_view(), name="api-case"),
    path("v1/cases/<uuid:case_id>/claim", views.Claim.as_view(), name="api-claim"),
    path("v1/cases/<uuid:case_id>/facts", views.Facts.as_view(), name="api-facts"),
    path("v1/cases/<uuid:case_id>/places", views.Places.as_view(), name="api-places"),
    path("v1/cases/<uuid:case_id>/decisions", views.Decisions.as_view(), name="api-decisions"),
    path("v1/cases/<uuid:case_id>/statement", views.Statement.as_view(), name="api-statement"),
    path("v1/cases/<uuid:case_id>/assets/<str:sha256>/seal", views.Seal.as_view(), name="api-seal"),
    path("v1/cases/<uuid:case_id>/clocks", law.Clocks.as_view(), name="api-clocks"),
    path("v1/cases/<uuid:case_id>/exports", bundles.Exports.as_view(), name="api-exports"),
    path(
        "v1/cases/<uuid:case_id>/exports/<uuid:export_id>",
        bundles.OneExport.as_view(),
        name="api-export",
    ),
    path(
        "v1/cases/<uuid:case_id>/exports/<uuid:export_id>/file",
        bundles.ExportFile.as_view(),
        name="api-export-file",
    ),
    path("v1/law/packs", law.Packs.as_view(), name="api-packs"),
    path("v1/law/packs/<slug:pack>", law.OnePack.as_view(), name="api-pack"),
    path("v1/law/packs/<slug:pack>/changes", law.Changes.as_view(), name="api-changes"),
    path("v1/law/packs/<slug:pack>/approval", law.Approvals.as_view(), name="api-approval"),
    path("v1/law/stale", law.Stale.as_view(), name="api-stale"),
    path("v1/law/what-if", law.WhatIf.as_view(), name="api-what-if"),
    path("v1/check", checks.Checks.as_view(), name="api-check"),
    path("v1/check/<uuid:check_id>", checks.OneCheck.as_view(), name="api-one-check"),
    path(
        "v1/services/supportedAlgorithms",
        soft_binding.SupportedAlgorithms.as_view(),
        name="sbr-algorithms",
    ),
    path("v1/matches/byBinding", soft_binding.ByBinding.as_view(), name="sbr-by-binding"),
    path("v1/matches/byContent", soft_binding.ByContent.as_view(), name="sbr-by-content"),
    path("v1/manifests/<str:manifest_id>", soft_binding.Manifest.as_view(), name="sbr-manifest"),
    re_path(r"^v1/.*$", Missing.as_view()),
]
