"""The addresses of searching."""

from django.urls import path

from . import views

urlpatterns = [
    path("search", views.search, name="search"),
    path("search/table", views.table, name="search-table"),
    path("search/views", views.save, name="search-save"),
    path("search/views/<uuid:view_id>/remove", views.remove, name="search-remove"),
]
