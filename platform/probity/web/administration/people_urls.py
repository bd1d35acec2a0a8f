"""The addresses of people and what they may see."""

from django.urls import path

from . import access_views, people_views, person_views

urlpatterns = [
    path("people", people_views.people, name="people"),
    path("people/<uuid:person_id>", people_views.person, name="person"),
    path("people/<uuid:person_id>/roles", person_views.roles, name="person-roles"),
    path("people/<uuid:person_id>/grants", person_views.grant, name="person-grant"),
    path(
        "people/<uuid:person_id>/grants/<uuid:grant_id>/end",
        person_views.grant_take,
        name="person-grant-end",
    ),
    path("people/<uuid:person_id>/sign-on", person_views.sign_on, name="person-sign-on"),
    path("people/<uuid:person_id>/password", people_views.password, name="person-password"),
    path("people/<uuid:person_id>/close", person_views.close, name="person-close"),
    path("people/<uuid:person_id>/open", person_views.reopen, name="person-open"),
    path(
        "people/<uuid:person_id>/sessions/<uuid:session_id>/end",
        person_views.session_take,
        name="person-session-end",
    ),
    path("people/<uuid:person_id>/sessions/end", person_views.sign_out, name="person-sessions-end"),
    path("people/<uuid:person_id>/factors", person_views.reset_ask, name="person-reset"),
    path(
        "people/<uuid:person_id>/factors/<uuid:reset_id>",
        person_views.reset_settle,
        name="person-reset-settle",
    ),
    path("access", access_views.access, name="access"),
    path("access/<uuid:grant_id>/notice", access_views.notice, name="access-notice"),
]
