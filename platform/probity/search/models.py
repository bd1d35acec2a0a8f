"""The words of every text that can be found, searches people keep, and tables that left."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row

NAME_MAX = 60
QUERY_MAX = 500


class Piece(models.Model):
    """The words of one text of a case: a report, a reason, a statement.

    Written by the triggers that ``keeping`` makes, in the transaction that writes the text; gone or
    changed with it. The text itself stays where it is: nothing can be read from here but its words.
    """

    kind = models.CharField(max_length=20)
    source = models.UUIDField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pieces")
    words = SearchVectorField()

    class Meta:
        db_table = "search_piece"
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="piece_once")]
        indexes = [GinIndex(fields=["words"], name="piece_words")]


class CaseWords(models.Model):
    """Every word that stands in any text of a case, once: what several words at once are asked of.

    Kept by a trigger from the pieces. ``whole`` is false for a case whose texts hold more different
    words than one list can; its list is empty then, and its pieces are asked.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    words = SearchVectorField()
    whole = models.BooleanField(default=True)

    class Meta:
        db_table = "search_case"
        indexes = [
            GinIndex(fields=["words"], name="case_words"),
            models.Index(fields=["case"], condition=Q(whole=False), name="case_words_cut"),
        ]


class Tally(models.Model):
    """How many reports a case has now, kept by a trigger like the words."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    reports = models.PositiveIntegerField()

    class Meta:
        db_table = "search_tally"
        indexes = [models.Index(fields=["reports"], name="tally_by_reports")]


class SavedView(Row):
    """A search that somebody keeps. ``shared``: everybody who reads cases sees it.

    ``pinned``: it stands among the tabs of the queue page.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=NAME_MAX)
    query = models.CharField(max_length=QUERY_MAX, blank=True)
    shared = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "search_view"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(shared=False), name="own_view_once"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(shared=True), name="shared_view_once"
            ),
        ]


class SearchExport(Row):
    """A table that left: who took it and what was asked. The log holds a commitment to the query.

    The query can be erased with its salt, for it may name somebody.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    query = models.CharField(max_length=QUERY_MAX, blank=True)
    salt = models.CharField(max_length=64, blank=True)
    cases = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "search_export"
        ordering = ["-at"]
