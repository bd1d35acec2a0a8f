"""The addresses of the figures."""

from django.urls import path

from . import views

urlpatterns = [
    path("figures", views.figures, name="figures"),
    path("figures/<slug:key>.csv", views.table, name="figure-table"),
]
