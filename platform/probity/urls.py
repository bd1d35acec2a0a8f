"""Every address of the product."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from probity.api.problems import plain_problem
from probity.web import problems as pages

urlpatterns = [
    path("api/", include("probity.api.urls")),
    path("", include("probity.web.urls")),
]


def _either(status: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for people, a problem for programs."""

    @wraps(page)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path.startswith("/api/"):
            return plain_problem(request, status=status)
        return page(request, *args, **kwargs)

    return shown


handler400 = _either(400, pages.bad_request)
handler403 = _either(403, pages.forbidden)
handler404 = _either(404, pages.not_found)
handler500 = _either(500, pages.crashed)
