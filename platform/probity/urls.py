"""Every address of the product."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("probity.api.urls")),
    path("", include("probity.web.urls")),
]
handler400 = "probity.web.problems.bad_request"
handler403 = "probity.web.problems.forbidden"
handler404 = "probity.web.problems.not_found"
handler500 = "probity.web.problems.crashed"
