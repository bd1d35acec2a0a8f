"""The addresses of the creators' desk, for programs."""

from django.urls import path

from . import identities, works

urlpatterns = [
    path("v1/desk/identities", identities.Identities.as_view(), name="api-identities"),
    path(
        "v1/desk/identities/<uuid:identity_id>",
        identities.OneIdentity.as_view(),
        name="api-identity",
    ),
    path(
        "v1/desk/identities/<uuid:identity_id>/chain",
        identities.IdentityChain.as_view(),
        name="api-identity-chain",
    ),
    path(
        "v1/desk/identities/<uuid:identity_id>/revoke",
        identities.IdentityRevoked.as_view(),
        name="api-identity-revoke",
    ),
    path("v1/desk/works", works.Works.as_view(), name="api-works"),
    path("v1/desk/works/find", works.WorksFound.as_view(), name="api-works-find"),
    path("v1/desk/works/export", works.WorksTaken.as_view(), name="api-works-export"),
    path("v1/desk/works/<uuid:work_id>", works.OneWork.as_view(), name="api-desk-work"),
    path("v1/desk/works/<uuid:work_id>/file", works.WorkFile.as_view(), name="api-work-file"),
    path(
        "v1/desk/works/<uuid:work_id>/credentials",
        works.WorkCredentials.as_view(),
        name="api-work-credentials",
    ),
    path(
        "v1/desk/works/<uuid:work_id>/withdraw",
        works.WorkWithdrawn.as_view(),
        name="api-work-withdraw",
    ),
]
