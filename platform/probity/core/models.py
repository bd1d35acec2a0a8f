"""What every room's rows share."""

from __future__ import annotations

import uuid

from django.db import models


class Row(models.Model):
    """A row named by a random UUID, so that ids say nothing about volume or order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
