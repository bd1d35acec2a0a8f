"""Choosing a scheme and an identifier for somebody who named none."""

from __future__ import annotations

import secrets
from pathlib import Path

from foundation.media import inspect
from provenance.files import must_be_readable
from provenance.watermark.api import WORK_ID_BYTES
from provenance.watermark.errors import PayloadInvalid, SchemeUnknown
from provenance.watermark.registry import entries, find


def fitting(path: Path) -> str:
    """The id of our own keyed scheme for this kind of media.

    Raises FileUnreadable, SchemeUnknown and the refusals of ``foundation.media``.
    """
    must_be_readable(path)
    kind = str(inspect(path).kind)
    for entry in entries():
        card = entry.card
        if card and card.embeds and not card.public and kind in card.media:
            return entry.id
    raise SchemeUnknown(f"No installed scheme puts marks into media of the kind {kind}.")


def identifier(text: str | None, *, scheme: str) -> bytes:
    """The payload from hexadecimal digits; random when none are given.

    Raises PayloadInvalid, SchemeUnknown.
    """
    card = find(scheme).card
    length = card.payload_bytes if card and card.payload_bytes else WORK_ID_BYTES
    if text is None:
        return secrets.token_bytes(length)
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != length:
        raise PayloadInvalid(
            f"{text!r} is no identifier: {2 * length} hexadecimal digits are expected."
        )
    return found
