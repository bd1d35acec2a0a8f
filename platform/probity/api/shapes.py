"""Small words for saying what an answer looks like."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Shape = type[serializers.Serializer[Any]]


@extend_schema_field(OpenApiTypes.BINARY)
class FileIn(serializers.FileField):
    """A part of a form that is a file: bytes for a client made from the schema. Without this the
    schema would say what an answer shows for a file, its address, and such a client would send
    words."""


def shape(name: str, says: str, /, **members: serializers.Field[Any, Any, Any, Any]) -> Shape:
    """An object with these members, all of them always there."""
    return type(name, (serializers.Serializer,), {"__doc__": says, **members})


def more(base: Shape, name: str, says: str, /, **members: Any) -> Shape:
    """Another object with the members of ``base`` and these."""
    return type(name, (base,), {"__doc__": says, **members})


def text(*, null: bool = False) -> serializers.CharField:
    """Words."""
    return serializers.CharField(allow_null=null, allow_blank=True)


def texts() -> serializers.ListField:
    """A list of words."""
    return serializers.ListField(child=serializers.CharField(allow_blank=True))


def ident(*, null: bool = False) -> serializers.UUIDField:
    """An id."""
    return serializers.UUIDField(allow_null=null)


def idents() -> serializers.ListField:
    """A list of ids."""
    return serializers.ListField(child=serializers.UUIDField())


def when(*, null: bool = False) -> serializers.DateTimeField:
    """A moment in UTC."""
    return serializers.DateTimeField(allow_null=null)


def day(*, null: bool = False) -> serializers.DateField:
    """A date."""
    return serializers.DateField(allow_null=null)


def whole(*, null: bool = False) -> serializers.IntegerField:
    """A whole number."""
    return serializers.IntegerField(allow_null=null)


def number(*, null: bool = False) -> serializers.FloatField:
    """A number."""
    return serializers.FloatField(allow_null=null)


def truth(*, null: bool = False) -> serializers.BooleanField:
    """True or false."""
    return serializers.BooleanField(allow_null=null)


def free(*, null: bool = False) -> serializers.DictField:
    """An object whose members depend on what it is about."""
    return serializers.DictField(allow_null=null)


def frees() -> serializers.ListField:
    """A list of such objects."""
    return serializers.ListField(child=serializers.DictField())
