"""What stands outside the database for a chain: the newest signed checkpoint, in words."""

from __future__ import annotations

from django.utils.translation import gettext

from probity.audit.proofs import inclusion_of
from probity.web.words import absolute


def log_words(chain: str) -> str:
    """How much of the chain a signed checkpoint vouches for, and who else stamped it."""
    proof = inclusion_of(chain)
    if proof is None:
        return gettext("No signed checkpoint vouches for this log yet; one is made every minute.")
    stamps = [stamp.authority for stamp in proof.checkpoint.stamps.all()]
    stamped = (
        gettext(" Time-stamped by {stamps}.").format(stamps=", ".join(stamps)) if stamps else ""
    )
    return gettext(
        "The first {events} events are in the checkpoint signed on {at} and kept "
        "outside the database.{stamped}"
    ).format(events=proof.leaf.events, at=absolute(proof.checkpoint.at), stamped=stamped)
