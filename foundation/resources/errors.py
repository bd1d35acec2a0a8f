"""Why a resource is not there."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal
from foundation.terminal import Exit


class ResourceMissing(Refusal):
    """The resource has not been fetched."""

    code: ClassVar[str] = "resource-missing"
    status: ClassVar[int] = 503
    exit_status: ClassVar[int] = Exit.MISSING


class ResourceWrong(Refusal):
    """The bytes are not the pinned ones."""

    code: ClassVar[str] = "resource-wrong"
    status: ClassVar[int] = 502
    exit_status: ClassVar[int] = Exit.MISSING


class ResourceUnreachable(Refusal):
    """The server or the mirror does not hand the resource out."""

    code: ClassVar[str] = "resource-unreachable"
    status: ClassVar[int] = 502
    exit_status: ClassVar[int] = Exit.MISSING


class ResourceUnknown(Refusal):
    """No list has a resource of that id."""

    code: ClassVar[str] = "resource-unknown"
    status: ClassVar[int] = 404


class ResourceListInvalid(Refusal):
    """A ``resources.yaml`` breaks its schema."""

    code: ClassVar[str] = "resource-list-invalid"
    status: ClassVar[int] = 500


class MirrorUnusable(Refusal):
    """``PROBITY_RESOURCES_MIRROR`` names neither a folder nor an https address."""

    code: ClassVar[str] = "mirror-unusable"
    status: ClassVar[int] = 500
