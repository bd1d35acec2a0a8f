"""Banks of known hashes and looking something up in them, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput
from probity.evidence.uploads import received_file
from probity.matching import banks as writing
from probity.matching.exchange import bank_export, bank_import
from probity.matching.index import follower
from probity.matching.lookup import Near, content_find, signals_find, value_read
from probity.matching.models import LENGTHS, Bank, BankEntry, BankKind
from probity.matching.selectors import bank_find, banks_list, entries_parked, entry_find
from probity.matching.signals import asked_of_upload
from probity.workflow.wake import wake_entries

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed
from .representations import moment
from .shapes import FileIn
from .shapes_desk import FileForm
from .shapes_people import AddedOut, BankOut, BanksPage, EntriesPage, EntryOut
from .views import touch

OBJECT = {"type": "object", "additionalProperties": True}
SHOWN_MOST = 500
TYPES = {"csv": "text/csv", "json": "application/json", "txt": "text/plain"}


class LookupIn(serializers.Serializer[dict[str, object]]):
    """A hash with its kind, or a file."""

    kind = serializers.ChoiceField(choices=sorted(LENGTHS), required=False)
    value = serializers.CharField(required=False, help_text="hexadecimal")
    radius = serializers.IntegerField(required=False, min_value=0, max_value=64)


class LookupForm(LookupIn):
    """The same with a file."""

    file = FileIn(required=False)


class BankIn(serializers.Serializer[dict[str, object]]):
    """A new bank."""

    name = serializers.SlugField(max_length=60)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=list(BankKind))
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]
    licence = serializers.CharField(max_length=200)
    share = serializers.IntegerField(min_value=0, max_value=100, default=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class BankChange(serializers.Serializer[dict[str, object]]):
    """What of a bank may change."""

    share = serializers.IntegerField(min_value=0, max_value=100)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)
    closed = serializers.BooleanField(default=False)


class EntryIn(serializers.Serializer[dict[str, object]]):
    """One hash with its kind, or a file; and why it belongs here."""

    why = serializers.CharField(max_length=500)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, allow_blank=True, default=""
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, allow_blank=True, default=""
    )
    kind = serializers.ChoiceField(choices=sorted(LENGTHS), required=False)
    value = serializers.CharField(required=False, help_text="hexadecimal")
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class EntryForm(EntryIn):
    """The same with a file."""

    file = FileIn(required=False)


class Why(serializers.Serializer[dict[str, object]]):
    """The reason for a change."""

    why = serializers.CharField(max_length=500)


class Lookup(View):
    """Who is near a hash or a file."""

    ability = Ability.CASES_READ
    keeps = False

    @extend_schema(
        operation_id="matching_lookup",
        summary="Look a hash or a file up among all that is known; nothing is kept",
        request={"application/json": LookupIn, "multipart/form-data": LookupForm},
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        upload = received_file(touch(request))
        given = read(LookupIn, request)
        radius = given.get("radius")
        if upload is not None:
            found = content_find(asked_of_upload(upload), radius=radius)
        elif "kind" in given and "value" in given:
            kind, value = value_read(given["kind"], given["value"])
            found = signals_find(kind=kind, value=value, radius=radius, asked=value.hex())
        else:
            raise InvalidInput("Send a file, or a hash as “value” with its “kind”.")
        return Response({"matches": [_near(near) for near in found[:SHOWN_MOST]]})

    @extend_schema(
        operation_id="matching_index",
        summary="How much this process's index holds",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(follower().facts())


class Banks(View):
    """All banks."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(
        operation_id="banks_list",
        parameters=PAGE,
        summary="The open banks",
        responses={200: BanksPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return listed(request, banks_list(), by=("label", "id"), name="banks", show=bank_shown)

    @extend_schema(
        operation_id="bank_open", summary="Open a bank", request=BankIn,
        responses={201: BankOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        bank = writing.bank_open(actor=request_actor(request), **read(BankIn, request))
        return Response(bank_shown(bank), status=status.HTTP_201_CREATED)


class Parked(View):
    """Hashes that matched a flood."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(
        operation_id="banks_parked", parameters=PAGE,
        summary="Entries that wait for a person after a flood",
        responses={200: EntriesPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = entries_parked().prefetch_related("signals")
        return listed(request, rows, by=("-parked_at", "id"), name="entries", show=_entry)


class OneBank(View):
    """One bank."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(operation_id="bank_read", summary="One bank", responses={200: BankOut, **ERRORS})
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        return Response(bank_shown(bank_find(name)))

    @extend_schema(
        operation_id="bank_change", summary="Change a bank's share or expiry, or close it",
        request=BankChange, responses={200: BankOut, **ERRORS},
    )  # fmt: skip
    def patch(self, request: Request, name: str) -> Response:
        bank = writing.bank_change(
            bank=bank_find(name), actor=request_actor(request), **read(BankChange, request)
        )
        return Response(bank_shown(bank))


class Entries(View):
    """What a bank knows."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(
        operation_id="entries_list", parameters=PAGE,
        summary="A bank's latest entries",
        responses={200: EntriesPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, name: str) -> Response:
        rows = bank_find(name).entries.filter(removed_at=None).select_related("bank")
        rows = rows.prefetch_related("signals")
        return listed(request, rows, by=("-added_at", "id"), name="entries", show=_entry)

    @extend_schema(
        operation_id="entry_add", summary="Add a hash, or all that a file is like",
        request={"application/json": EntryIn, "multipart/form-data": EntryForm},
        responses={201: EntryOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, name: str) -> Response:
        upload, given = received_file(touch(request)), read(EntryIn, request)
        bank, actor = bank_find(name), request_actor(request)
        given.pop("file", None)
        if upload is not None:
            entry = writing.content_add(
                bank=bank, asked=asked_of_upload(upload), why=given["why"], actor=actor,
                label=given["label"],
            )  # fmt: skip
        elif "kind" in given and "value" in given:
            entry = writing.entry_add(bank=bank, actor=actor, **given)
        else:
            raise InvalidInput("Send a file, or a hash as “value” with its “kind”.")
        wake_entries()
        return Response(_entry(entry), status=status.HTTP_201_CREATED)


class OneEntry(View):
    """One entry."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(
        operation_id="entry_clear", summary="Let a parked entry in again", request=None,
        responses={200: EntryOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, entry_id: UUID) -> Response:
        entry = writing.entry_clear(entry=entry_find(entry_id), actor=request_actor(request))
        return Response(_entry(entry))

    @extend_schema(
        operation_id="entry_remove", summary="Take an entry out of use, with the reason",
        request=Why, responses={204: None, **ERRORS},
    )  # fmt: skip
    def delete(self, request: Request, entry_id: UUID) -> Response:
        why = read(Why, request)["why"]
        writing.entry_remove(entry=entry_find(entry_id), why=why, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


FILE = {
    (200, kind): OpenApiTypes.ANY if form == "json" else OpenApiTypes.BINARY
    for form, kind in TYPES.items()
}
FORM = OpenApiParameter("form", str, enum=sorted(TYPES), description="csv, json or txt")


class BankFile(View):
    """A bank as a file in the field's forms."""

    ability = Ability.BANKS_MANAGE

    @extend_schema(
        operation_id="bank_export", summary="A bank's hashes as a file", parameters=[FORM],
        responses={**FILE, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, name: str) -> HttpResponse:
        form = request.query_params.get("form", "csv")
        data = bank_export(bank=bank_find(name), form=form, actor=request_actor(request))
        answer = HttpResponse(data, content_type=TYPES[form])
        answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        return answer

    @extend_schema(
        operation_id="bank_import", summary="Add all hashes of a file: all or nothing",
        parameters=[FORM, OpenApiParameter("why", str, required=True)],
        request={"multipart/form-data": FileForm},
        responses={201: AddedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, name: str) -> Response:
        upload = received_file(touch(request))
        if upload is None:
            raise InvalidInput("Send the bank as “file”.")
        entries = bank_import(
            bank=bank_find(name), data=upload.path.read_bytes(),
            form=request.query_params.get("form", "csv"),
            why=request.query_params.get("why", ""), actor=request_actor(request),
        )  # fmt: skip
        wake_entries()
        return Response({"added": len(entries)}, status=status.HTTP_201_CREATED)


def _near(near: Near) -> dict[str, Any]:
    entry = near.entry
    return {
        "signal": near.signal,
        "distance": near.distance,
        "asset": near.asset,
        "bank": entry.bank.name if entry else None,
        "entry": str(entry.pk) if entry else None,
        "label": entry.label if entry else "",
        "turn": near.turn,
        "at": near.at,
        "known_at": near.known_at,
        "seconds": near.seconds,
    }


def bank_shown(bank: Bank) -> dict[str, Any]:
    """A bank for programs."""
    return {
        "name": bank.name,
        "label": bank.label,
        "kind": bank.kind,
        "source": bank.source,
        "licence": bank.licence,
        "share": bank.share,
        "expires_at": moment(bank.expires_at),
        "opened_at": moment(bank.opened_at),
        "closed_at": moment(bank.closed_at),
        "entries": bank.entries.filter(removed_at=None).count(),
    }


def _entry(entry: BankEntry) -> dict[str, Any]:
    return {
        "id": str(entry.pk),
        "bank": entry.bank.name,
        "label": entry.label,
        "why": entry.why,
        "source": entry.source,
        "added_at": moment(entry.added_at),
        "expires_at": moment(entry.expires_at),
        "parked_at": moment(entry.parked_at),
        "matched_at": moment(entry.matched_at),
        "signals": [
            {"kind": row.kind, "value": bytes(row.value).hex(), "at": row.at}
            for row in entry.signals.all()
            if row.kind != "sound"
        ],
    }
