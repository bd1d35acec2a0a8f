"""The addresses of deciding."""

from django.urls import path

from . import deciding as views

urlpatterns = [
    path("v1/cases/<uuid:case_id>/decisions", views.Decisions.as_view(), name="api-decisions"),
    path(
        "v1/cases/<uuid:case_id>/decisions/preview",
        views.DecisionPreview.as_view(),
        name="api-decision-preview",
    ),
    path(
        "v1/cases/<uuid:case_id>/decisions/all",
        views.CaseDecisions.as_view(),
        name="api-case-decisions",
    ),
    path("v1/decisions/held", views.DecisionsHeld.as_view(), name="api-decisions-held"),
    path("v1/decisions/<uuid:decision_id>", views.OneDecision.as_view(), name="api-decision"),
    path(
        "v1/decisions/<uuid:decision_id>/undo",
        views.DecisionUndo.as_view(),
        name="api-decision-undo",
    ),
    path(
        "v1/decisions/<uuid:decision_id>/answer",
        views.DecisionAnswer.as_view(),
        name="api-decision-answer",
    ),
    path(
        "v1/measures/<uuid:measure_id>/outcome",
        views.MeasureOutcomes.as_view(),
        name="api-measure-outcome",
    ),
    path("v1/second-person", views.SecondPerson.as_view(), name="api-second-person"),
]
