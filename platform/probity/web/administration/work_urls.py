"""The addresses of queues, workers and figures."""

from django.urls import path

from . import work_views

urlpatterns = [
    path("administration/work", work_views.work, name="work"),
    path("administration/work-now", work_views.work_now_part, name="work-now"),
    path("metrics", work_views.metrics, name="metrics"),
]
