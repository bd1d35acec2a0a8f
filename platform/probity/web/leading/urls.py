"""The addresses of what a lead sets."""

from django.urls import path

from . import views

urlpatterns = [
    path("queues", views.queues, name="leading-queues"),
    path("routing", views.routing, name="leading-routing"),
    path("priority", views.priority, name="leading-priority"),
]
