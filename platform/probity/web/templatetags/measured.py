"""What detectors and provenance checks said, in the reader's language where it was translated."""

from __future__ import annotations

from django import template

from probity.web.language import measured

register = template.Library()

register.filter("measured", measured.marked)
register.filter("measured_plain", measured.told)
