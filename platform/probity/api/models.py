"""What the API remembers by itself: answers to requests that carried an Idempotency-Key."""

from __future__ import annotations

from django.db import models

from probity.accounts.models import ApiToken
from probity.core.models import Row


class KeptAnswer(Row):
    """One answered request of one token, for as long as PROBITY_API_KEY_HOURS says.

    Of the key only a digest is kept, and ``sealed`` (the answer's body) opens only with the key
    itself: what an answer shows once is not readable in the database. ``status`` is empty while a
    call that goes on where it stopped has not reached its end.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="+")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    sealed = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "api_kept_answer"
        constraints = [
            models.UniqueConstraint(fields=["token", "key_digest"], name="kept_answer_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_age")]
