"""Building and embedding a manifest. Runs in the child, where no key is and no network.

The bytes to sign, and those to stamp, go to the parent as questions; only answers come back.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from foundation import child
from provenance.purposes import ACCEPTED
from provenance.signing import embedding, stamping
from provenance.signing.errors import FormatNotSigned, HistoryBroken

PART_BYTES = 4 * 2**20
_ALGORITHMS = {
    "ES256": "ES256", "ES384": "ES384", "ES512": "ES512", "PS256": "PS256", "Ed25519": "ED25519",
}  # fmt: skip
_LABELS = {"image/heif": "image/heic"}
"""Names that the library has for kinds that we name otherwise."""

_THUMBNAIL = {"long_edge": 512, "format": "jpeg", "quality": "medium", "ignore_errors": True}
"""Without these the library enlarges small pictures to 1,024 and keeps their format: 2 MB of
manifest for a small WebP."""


def make(payload: dict[str, Any]) -> dict[str, Any]:
    """Sign a file; the output goes to the parent in parts (events), the manifest store comes back.

    Raises FormatNotSigned, HistoryBroken.
    """
    signed, store = _signed(payload)
    if payload["stamp"]:
        new, where = stamping.stamped(store, ask=_stamp)
        if not payload["sidecar"]:
            embedding.replace(signed, payload["media_type"], old=store, new=new, where=where)
        store = new
    view = signed.getbuffer()
    for at in range(0, len(view), PART_BYTES):
        child.emit({"part": bytes(view[at : at + PART_BYTES])})
    return {"manifest": store}


def _stamp(message: bytes) -> bytes:
    answer: bytes = child.ask({"stamp": message})
    return answer


def _signed(payload: dict[str, Any]) -> tuple[io.BytesIO, bytes]:
    import c2pa

    def sign(data: bytes) -> bytes:
        answer: bytes = child.ask({"sign": data})
        return answer

    kind = _label(payload["media_type"])
    algorithm = c2pa.C2paSigningAlg[_ALGORITHMS[payload["algorithm"]]]
    context = c2pa.Context.from_dict(_settings())
    target = io.BytesIO()
    with (
        c2pa.Signer.from_callback(sign, algorithm, payload["chain"]) as signer,
        c2pa.Builder(payload["definition"], context=context) as builder,
        Path(payload["path"]).open("rb") as source,
    ):
        _add_parent(builder, payload["parent"])
        if payload["sidecar"]:
            builder.set_no_embed()
        try:
            store = builder.sign(signer, kind, source, target)
        except c2pa.C2paError as error:
            raise FormatNotSigned(
                "Credentials could not be put into this file; it may be damaged, or of a form that "
                f"is not supported ({_reason(error)})."
            ) from error
    return target, bytes(store)


def _add_parent(builder: Any, parent: dict[str, Any] | None) -> None:
    import c2pa

    if parent is None:
        return
    builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    told = {"title": parent["title"], "relationship": "parentOf"}
    try:
        with Path(parent["path"]).open("rb") as stream:
            builder.add_ingredient(json.dumps(told), _label(parent["media_type"]), stream)
    except c2pa.C2paError as error:
        raise HistoryBroken(
            f"The file that this work was made from cannot be taken up ({_reason(error)})."
        ) from error


def _label(media_type: str) -> str:
    return _LABELS.get(media_type, media_type)


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0][:160]


def _settings() -> dict[str, Any]:
    """No network, and every purpose that a signer's certificate may have. What was made is judged
    by our own verifier afterwards, in another child."""
    return {
        "verify": {
            "verify_after_sign": False,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "core": {"allowed_network_hosts": [], "allow_redirects": False},
        "trust": {"trust_config": "\n".join(ACCEPTED)},
        "builder": {"thumbnail": _THUMBNAIL},
    }
