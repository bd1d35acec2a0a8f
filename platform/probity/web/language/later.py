"""Words that are chosen when they are shown: for tables that are made when a module is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.utils.translation import gettext_lazy

#: As ``gettext_lazy``, and a ``str`` to whoever reads the types, as it is to whoever shows it.
later = cast("Callable[[str], str]", gettext_lazy)
