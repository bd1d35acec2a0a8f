"""The addresses of the detectors' cards."""

from django.urls import path

from . import views

urlpatterns = [
    path("review/detectors", views.shelf, name="detectors"),
    path("review/detectors/<str:detector>", views.card, name="detector"),
]
