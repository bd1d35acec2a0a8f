"""The addresses of runs over many cases, care, kept searches, queues and outside counsel."""

from django.urls import path

from . import bulk_runs as runs
from . import care, setting

urlpatterns = [
    path("v1/bulk", runs.BulkRuns.as_view(), name="api-bulk"),
    path("v1/bulk/preview", runs.BulkPreview.as_view(), name="api-bulk-preview"),
    path("v1/bulk/<uuid:run_id>", runs.OneBulkRun.as_view(), name="api-bulk-run"),
    path("v1/bulk/<uuid:run_id>/items", runs.BulkItems.as_view(), name="api-bulk-items"),
    path("v1/bulk/<uuid:run_id>/answer", runs.BulkAnswer.as_view(), name="api-bulk-answer"),
    path("v1/bulk/<uuid:run_id>/stop", runs.BulkStop.as_view(), name="api-bulk-stop"),
    path("v1/bulk/<uuid:run_id>/undo", runs.BulkUndo.as_view(), name="api-bulk-undo"),
    path("v1/me/care", care.OwnCare.as_view(), name="api-own-care"),
    path("v1/me/care/break", care.OwnBreak.as_view(), name="api-own-break"),
    path("v1/me/care/categories", care.OwnCategories.as_view(), name="api-own-categories"),
    path(
        "v1/me/care/categories/<slug:category>",
        care.OneOwnCategory.as_view(),
        name="api-own-category",
    ),
    path("v1/care/counts", care.CareCounts.as_view(), name="api-care-counts"),
    path("v1/care/rules", care.CareRules.as_view(), name="api-care-rules"),
    path("v1/search/views", setting.SavedSearches.as_view(), name="api-views"),
    path("v1/search/views/<uuid:view_id>", setting.OneSavedSearch.as_view(), name="api-view"),
    path("v1/queues", setting.Queues.as_view(), name="api-queues"),
    path("v1/cases/<uuid:case_id>/counsel", setting.Counsel.as_view(), name="api-counsel"),
    path(
        "v1/cases/<uuid:case_id>/counsel/<uuid:link_id>",
        setting.OneCounsel.as_view(),
        name="api-counsel-link",
    ),
]
