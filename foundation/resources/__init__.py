"""Pinned resources: every file named by address, SHA-256 and licence, fetched only by `pull`.

An engine lists what it can use in ``<package>/resources.yaml`` and joins through the entry-point
group ``probity.resources``. Files are kept under ``PROBITY_HOME/resources`` by their ``file``
column, so that a copy of that folder is a mirror. ``PROBITY_RESOURCES_MIRROR`` names a mirror: a
folder (served on first need) or an https address (used by ``pull`` instead of ``url``).
"""

from foundation.resources.catalogue import Catalogue, Status, Where
from foundation.resources.errors import (
    MirrorUnusable,
    ResourceListInvalid,
    ResourceMissing,
    ResourceUnknown,
    ResourceUnreachable,
    ResourceWrong,
)
from foundation.resources.gathering import Gathering, gather
from foundation.resources.listing import Resource

__all__ = [
    "Catalogue",
    "Gathering",
    "MirrorUnusable",
    "Resource",
    "ResourceListInvalid",
    "ResourceMissing",
    "ResourceUnknown",
    "ResourceUnreachable",
    "ResourceWrong",
    "Status",
    "Where",
    "gather",
]
