"""The addresses of deciding."""

from django.urls import path

from . import deciding_views as views
from . import seal_views

urlpatterns = [
    path("triage/approvals", views.approvals, name="approvals"),
    path("triage/approvals/seals", seal_views.seal_lifts, name="seal-lifts"),
    path("triage/approvals/table", views.second_person, name="second-person"),
    path("triage/<uuid:case_id>/decide", views.decide, name="decide"),
    path("triage/<uuid:case_id>/decide/preview", views.decide_preview, name="decide-preview"),
    path("triage/decisions/<uuid:decision_id>/undo", views.undo, name="decision-undo"),
    path("triage/decisions/<uuid:decision_id>/agree", views.agree, name="decision-agree"),
    path("triage/decisions/<uuid:decision_id>/refuse", views.refuse, name="decision-refuse"),
]
