"""What law packs say, in the reader's language where somebody translated it."""

from __future__ import annotations

from django import template

from probity.web.language import law

register = template.Library()

register.filter("law", law.told)
register.filter("law_lang", law.language_of)
register.filter("law_original", law.original_of)
