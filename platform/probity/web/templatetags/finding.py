"""Saved searches for other pages."""

from __future__ import annotations

from typing import Any

from django import template

from probity.accounts.models import Person
from probity.web.finding.page import view_tabs

register = template.Library()


@register.inclusion_tag("web/finding/tabs.html", takes_context=True)
def saved_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """The searches pinned to the queue page, and the way to the search page."""
    person = context.get("person")
    return {"views": view_tabs(person, pinned=True) if isinstance(person, Person) else []}
