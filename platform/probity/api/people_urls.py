"""The addresses of people, grants and tokens, for programs."""

from django.urls import path

from . import own, people, sessions

urlpatterns = [
    path("v1/me", own.Me.as_view(), name="api-me"),
    path("v1/me/tokens", own.OwnTokens.as_view(), name="api-own-tokens"),
    path("v1/me/tokens/<uuid:token_id>", own.OneOwnToken.as_view(), name="api-own-token"),
    path("v1/people", people.People.as_view(), name="api-people"),
    path("v1/people/<uuid:person_id>", people.OnePerson.as_view(), name="api-person"),
    path("v1/people/<uuid:person_id>/grants", people.Grants.as_view(), name="api-person-grants"),
    path(
        "v1/people/<uuid:person_id>/grants/<uuid:grant_id>",
        people.OneGrant.as_view(),
        name="api-person-grant",
    ),
    path(
        "v1/people/<uuid:person_id>/sessions",
        sessions.Sessions.as_view(),
        name="api-person-sessions",
    ),
    path(
        "v1/people/<uuid:person_id>/sessions/<uuid:session_id>",
        sessions.OneSession.as_view(),
        name="api-person-session",
    ),
    path("v1/me/access", sessions.OwnExceptions.as_view(), name="api-own-exceptions"),
    path(
        "v1/me/access/<uuid:grant_id>",
        sessions.OneOwnException.as_view(),
        name="api-own-exception",
    ),
    path(
        "v1/access/exceptions/<uuid:grant_id>/notice",
        sessions.ExceptionNotice.as_view(),
        name="api-exception-notice",
    ),
    path("v1/access/exceptions", sessions.Exceptions.as_view(), name="api-exceptions"),
]
