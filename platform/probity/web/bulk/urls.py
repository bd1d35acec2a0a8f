"""The addresses of runs over many cases."""

from django.urls import path

from . import views

urlpatterns = [
    path("bulk", views.bulk, name="bulk"),
    path("bulk/new", views.new, name="bulk-new"),
    path("bulk/preview", views.preview, name="bulk-preview"),
    path("bulk/propose", views.propose, name="bulk-propose"),
    path("bulk/<uuid:run_id>", views.run, name="bulk-run"),
    path("bulk/<uuid:run_id>/answer", views.answer, name="bulk-answer"),
    path("bulk/<uuid:run_id>/stop", views.stop, name="bulk-stop"),
    path("bulk/<uuid:run_id>/undo", views.undo, name="bulk-undo"),
]
