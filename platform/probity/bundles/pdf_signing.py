"""Signing the report as PAdES, where the operator has configured a key."""

from __future__ import annotations

import io
import logging
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


def pdf_signed(pdf: bytes) -> bytes:
    """The same document with a PAdES signature; unchanged where no key is configured.

    A key that cannot be used is logged and leaves the report unsigned: a bundle is never held up.
    """
    if not settings.PDF_KEY:
        return pdf
    try:
        return _sign(pdf)
    except Exception as error:  # the library's own errors share no root
        logger.error("PROBITY_PDF_KEY cannot sign: %s", type(error).__name__)
        return pdf


def _sign(pdf: bytes) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, fields, sign_pdf
    from pyhanko.sign.signers import SimpleSigner

    signer = SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
        str(Path(settings.PDF_KEY)), passphrase=settings.PDF_KEY_PASSPHRASE.encode() or None
    )
    if signer is None:
        raise ValueError("The PKCS#12 file cannot be opened.")
    about = PdfSignatureMetadata(
        field_name="Probity", reason="Evidence bundle", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer)
    return bytes(out.getvalue())
