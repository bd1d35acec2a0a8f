"""The addresses of looking after people."""

from django.urls import path

from probity.web.triage import care_steps

from . import views

urlpatterns = [
    path("account/wellbeing", views.wellbeing, name="wellbeing"),
    path("account/wellbeing/break", views.rest, name="wellbeing-break"),
    path("account/wellbeing/categories", views.categories, name="wellbeing-categories"),
    path("leading/care", views.leading, name="leading-care"),
    path("triage/<uuid:case_id>/limit/<uuid:derivative_id>", care_steps.limit, name="reveal-limit"),
    path("triage/<uuid:case_id>/give-on", care_steps.give_on, name="reveal-give-on"),
    path("triage/<uuid:case_id>/step", care_steps.step, name="reveal-step"),
]
