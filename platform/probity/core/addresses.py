"""Whole addresses for links that leave the product."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.urls import reverse


class AddressedRequest(Protocol):
    """What is needed of a request."""

    def build_absolute_uri(self, location: str | None = None) -> str:
        """The request's own origin plus a path."""


def status_url(request: AddressedRequest, token: str) -> str:
    """The private status link of a receipt."""
    return whole_address(request, reverse("status", args=[token]))


def whole_address(request: AddressedRequest, path: str) -> str:
    """A path as a whole address: PROBITY_PUBLIC_URL's, or else the request's own."""
    return public_address(path) or request.build_absolute_uri(path)


def public_address(path: str) -> str:
    """A path as a whole address where no request is at hand; empty without PROBITY_PUBLIC_URL."""
    base = str(settings.PUBLIC_URL).rstrip("/")
    return base + path if base else ""
