"""Trusted flaggers, authorities and misuse, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import ApiToken, Person
from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.models import Category
from probity.cases.selectors import case_find
from probity.contests.misuse import (
    manifest_find,
    suspension_answer,
    suspension_end,
    suspension_propose,
)
from probity.contests.misuse_models import FACTORS, Suspension
from probity.contests.misuse_selectors import Standing, standing_of, standings, suspension_find
from probity.contests.party import PartyOf
from probity.contests.records import Record, record_of_sender
from probity.contests.words import Misuse
from probity.core.errors import NotFound
from probity.parties import services
from probity.parties.models import PartyKind, Sender
from probity.parties.selectors import sender_find
from probity.parties.selectors import senders as all_senders
from probity.workflow.misuse_warn import misuse_warn

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .copies import AgreeIn
from .paging import PAGE, listed_here
from .representations import moment
from .shapes_people import (
    BindingOut,
    SenderOut,
    SendersPage,
    StandingOut,
    StandingsPage,
    SuspensionOut,
    WrittenOut,
)


class SenderChange(serializers.Serializer[dict[str, object]]):
    """What is kept of a trusted flagger or an authority; its name and kind stay."""

    award_authority = serializers.CharField(max_length=200)
    awarded_on = serializers.DateField()
    areas = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Category)), default=list
    )
    place = serializers.CharField(max_length=6, default="", allow_blank=True)
    reference = serializers.CharField(max_length=120, default="", allow_blank=True)
    email = serializers.EmailField(default="", allow_blank=True)
    language = serializers.CharField(max_length=12, default="", allow_blank=True)


class SenderIn(SenderChange):
    """A trusted flagger or an authority."""

    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=list(PartyKind))


class SenderEndIn(serializers.Serializer[dict[str, object]]):
    """The end of a standing."""

    on = serializers.DateField()
    why = serializers.CharField(max_length=500)


class BindIn(serializers.Serializer[dict[str, object]]):
    """Whose reports are its own: a person by sign-in name, or a token by id."""

    person = serializers.CharField(required=False)
    token = serializers.UUIDField(required=False)


class ManifestIn(serializers.Serializer[dict[str, object]]):
    """What is manifest: a decision, a report or an appeal of the case, by kind."""

    case = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(Misuse))
    subject = serializers.UUIDField()
    reason = serializers.CharField(max_length=2_000)


class WarnIn(serializers.Serializer[dict[str, object]]):
    """What a warning says, besides how often and what follows."""

    text = serializers.CharField(max_length=2_000)


class SuspendIn(serializers.Serializer[dict[str, object]]):
    """A proposal, with a sentence on each factor of DSA art. 23(3)."""

    numbers = serializers.CharField(max_length=2_000)
    share = serializers.CharField(max_length=2_000)
    gravity = serializers.CharField(max_length=2_000)
    intention = serializers.CharField(max_length=2_000)
    reason = serializers.CharField(max_length=2_000)
    days = serializers.IntegerField(min_value=1, max_value=366)


class WhyIn(serializers.Serializer[dict[str, object]]):
    """A reason."""

    why = serializers.CharField(max_length=500)


class Senders(View):
    """Trusted flaggers and authorities."""

    ability = Ability.CASES_READ
    writes = Ability.SENDERS_MANAGE

    @extend_schema(
        operation_id="senders_list", parameters=PAGE,
        summary="Trusted flaggers and authorities, with their record",
        responses={200: SendersPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return listed_here(
            request, list(all_senders()), key=lambda row: row.pk, name="senders", show=_sender
        )

    @extend_schema(
        operation_id="sender_register", summary="Enter a trusted flagger or an authority",
        request=SenderIn, responses={201: SenderOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        row = services.sender_register(actor=request_actor(request), **read(SenderIn, request))
        return Response(_sender(row), status=status.HTTP_201_CREATED)


class OneSender(View):
    """One organisation."""

    ability = Ability.CASES_READ
    writes = Ability.SENDERS_MANAGE

    @extend_schema(
        operation_id="sender_read", summary="One organisation with its record",
        responses={200: SenderOut, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, sender_id: UUID) -> Response:  # noqa: ARG002
        return Response(_sender(sender_find(sender_id)))

    @extend_schema(
        operation_id="sender_change", summary="Correct what is kept of an organisation, as a whole",
        request=SenderChange, responses={200: SenderOut, **ERRORS},
    )  # fmt: skip
    def put(self, request: Request, sender_id: UUID) -> Response:
        row = services.sender_change(
            sender=sender_find(sender_id),
            actor=request_actor(request),
            **read(SenderChange, request),
        )
        return Response(_sender(row))


class SenderEnd(View):
    """The end of a standing."""

    ability = Ability.SENDERS_MANAGE

    @extend_schema(
        operation_id="sender_end", summary="End an organisation's standing", request=SenderEndIn,
        responses={200: SenderOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, sender_id: UUID) -> Response:
        row = services.sender_end(
            sender=sender_find(sender_id),
            actor=request_actor(request),
            **read(SenderEndIn, request),
        )
        return Response(_sender(row))


class Bindings(View):
    """Whose reports are an organisation's."""

    ability = Ability.SENDERS_MANAGE

    @extend_schema(
        operation_id="sender_bind", summary="Take a person's or a token's reports as its own",
        request=BindIn, responses={201: BindingOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, sender_id: UUID) -> Response:
        body = read(BindIn, request)
        person = Person.objects.filter(username=body.get("person"), is_active=True).first()
        asked = body.get("token")
        token = ApiToken.objects.filter(pk=asked, revoked_at=None).first() if asked else None
        row = services.sender_bind(
            sender=sender_find(sender_id), person=person, token=token, actor=request_actor(request)
        )
        return Response({"id": str(row.pk), "since": moment(row.since)}, status=201)


class OneBinding(View):
    """One of them."""

    ability = Ability.SENDERS_MANAGE

    @extend_schema(
        operation_id="sender_unbind", summary="End a binding", request=None,
        responses={204: None, **ERRORS},
    )  # fmt: skip
    def delete(self, request: Request, sender_id: UUID, binding_id: UUID) -> Response:
        row = sender_find(sender_id).bindings.filter(pk=binding_id).first()
        if row is None:
            raise NotFound("This organisation has no such binding.")
        services.sender_unbind(binding=row, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MisuseList(View):
    """For whom something counts."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="misuse_list", parameters=PAGE,
        summary="Parties for which something manifest counts now",
        responses={200: StandingsPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return listed_here(
            request, standings(), key=lambda row: row.party.id, name="parties", show=_standing
        )


class OneParty(View):
    """One party."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="misuse_read", summary="What counts for a party now",
        responses={200: StandingOut, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, kind: str, party_id: UUID) -> Response:  # noqa: ARG002
        return Response(_standing(standing_of(PartyOf.find(kind, party_id))))


class Manifests(View):
    """Finding something manifest."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="misuse_find", summary="Write down that something is manifest",
        request=ManifestIn, responses={201: WrittenOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        actor, body = request_actor(request), read(ManifestIn, request)
        case_require(actor.person, body["case"])
        case, kind = case_find(body["case"]), Misuse(body["kind"])
        about: dict[str, Any] = {
            Misuse.ILLEGAL_CONTENT: ("decision", case.decisions),
            Misuse.UNFOUNDED_NOTICE: ("report", case.reports),
            Misuse.UNFOUNDED_APPEAL: ("appeal", case.appeals),
        }
        name, rows = about[kind]
        subject = rows.filter(pk=body["subject"]).first()
        row = manifest_find(kind=kind, reason=body["reason"], actor=actor, **{name: subject})
        return Response({"id": str(row.pk), "at": moment(row.at)}, status=201)


class Warnings(View):
    """Warning a party."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="misuse_warn", summary="Warn a party before a suspension can be proposed",
        request=WarnIn, responses={201: StandingOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, kind: str, party_id: UUID) -> Response:
        party = PartyOf.find(kind, party_id)
        misuse_warn(party=party, reason=read(WarnIn, request)["text"], actor=request_actor(request))
        return Response(_standing(standing_of(party)), status=status.HTTP_201_CREATED)


class Suspensions(View):
    """Proposing a suspension."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="suspension_propose", summary="Propose a suspension; a warning came before",
        request=SuspendIn, responses={201: SuspensionOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, kind: str, party_id: UUID) -> Response:
        body = read(SuspendIn, request)
        row = suspension_propose(
            party=PartyOf.find(kind, party_id), reason=body["reason"], days=body["days"],
            factors={name: body[name] for name in FACTORS}, actor=request_actor(request),
        )  # fmt: skip
        return Response(_suspension(row), status=status.HTTP_201_CREATED)


class SuspensionAnswer(View):
    """The second pair of eyes."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="suspension_answer", summary="Agree to somebody else's proposal, or refuse it",
        request=AgreeIn, responses={200: SuspensionOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, suspension_id: UUID) -> Response:
        row = suspension_answer(
            suspension=suspension_find(suspension_id), actor=request_actor(request),
            agree=read(AgreeIn, request)["agree"],
        )  # fmt: skip
        return Response(_suspension(row))


class SuspensionEnd(View):
    """Ending one early."""

    ability = Ability.ABUSE_DECIDE

    @extend_schema(
        operation_id="suspension_end", summary="End a suspension early", request=WhyIn,
        responses={200: SuspensionOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, suspension_id: UUID) -> Response:
        row = suspension_end(
            suspension=suspension_find(suspension_id), actor=request_actor(request),
            why=read(WhyIn, request)["why"],
        )  # fmt: skip
        return Response(_suspension(row))


def _sender(row: Sender) -> dict[str, Any]:
    return {
        "id": str(row.pk), "name": row.name, "kind": row.kind, "areas": row.areas,
        "place": row.place or None, "award_authority": row.award_authority,
        "awarded_on": row.awarded_on.isoformat(), "reference": row.reference or None,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "record": _record(record_of_sender(row)),
    }  # fmt: skip


def _record(row: Record) -> dict[str, Any]:
    return {
        "received": row.received, "decided": row.decided, "acted": row.acted,
        "manifestly_unfounded": row.unfounded, "changed_on_appeal": row.reversed,
        "mean_hours": row.mean_hours, "share": row.share, "low": row.low, "high": row.high,
        "sentence": row.sentence,
    }  # fmt: skip


def _standing(row: Standing) -> dict[str, Any]:
    return {
        "party": {"kind": row.party.kind, "id": str(row.party.id)},
        "counts": row.count,
        "warned_at": moment(row.warning.at) if row.warning else None,
        "since_warning": row.since_warning,
        "suspension": _suspension(row.suspension) if row.suspension else None,
    }


def _suspension(row: Suspension) -> dict[str, Any]:
    return {
        "id": str(row.pk), "state": row.state, "days": row.days, "factors": row.factors,
        "proposer": row.proposer.username, "second": row.second.username if row.second else None,
        "starts_at": moment(row.starts_at), "ends_at": moment(row.ends_at),
        "ended_at": moment(row.ended_at),
    }  # fmt: skip
