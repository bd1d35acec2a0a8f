"""Idempotency-Key: the same request of the same token is done once and answered alike.

The key's row, what the request does and the answer are one transaction: a second request with the
same key waits for the first and gets its answer, and a server that dies in between leaves nothing
behind, so that repeating is always safe. Refusals are not kept: they changed nothing. (The one that
does change something, a case handed on at the end of a person's day, is an answer and is kept.)
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import ApiToken
from probity.core.clock import now
from probity.core.errors import InvalidInput, KeyReused
from probity.evidence.uploads import ReceivedFile

from .models import KeptAnswer
from .problems import MEDIA_TYPE

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY_MAX = 200
NONCE_BYTES = 12
FORGOTTEN_AT_ONCE = 200
PURPOSE = b"probity.api.answer.v1"
Handler = Callable[..., Response]


def key_of(request: Request) -> str:
    """The request's key, or nothing; raises InvalidInput where it is too long or unprintable."""
    key = request.headers.get(HEADER, "").strip()
    if len(key) > KEY_MAX or not key.isprintable():
        raise InvalidInput(f"An {HEADER} has at most {KEY_MAX} printable characters.")
    return key


def scoped(request: Request, *parts: str) -> str:
    """The key as this token's own and no other's, in 64 characters; empty where there is none."""
    key, token = key_of(request), request.auth
    if not key or not isinstance(token, ApiToken):
        return ""
    return hashlib.sha256("\n".join((str(token.pk), key, *parts)).encode()).hexdigest()


def once(handler: Handler) -> Handler:
    """A view's method that does the same request of the same token once."""

    @functools.wraps(handler)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        token, key = request.auth, key_of(request)
        if not key or not isinstance(token, ApiToken):
            return handler(view, request, *args, **kwargs)
        digest = request_digest(request)
        try:
            with transaction.atomic():
                row = _begun(token, key, digest)
                answer = handler(view, request, *args, **kwargs)
                _keep(row, key, answer)
        except KeyTaken:
            found = KeptAnswer.objects.get(token=token, key_digest=_digest(key))
            return _again(found, key, digest)
        return answer

    return answered


def resumed(handler: Handler) -> Handler:
    """The same for a call of many parts, each safe to repeat: it goes on where it had stopped."""

    @functools.wraps(handler)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        token, key = request.auth, key_of(request)
        if not key or not isinstance(token, ApiToken):
            return handler(view, request, *args, **kwargs)
        digest = request_digest(request)
        try:
            row = _begun(token, key, digest)
        except KeyTaken:
            row = KeptAnswer.objects.get(token=token, key_digest=_digest(key))
            if row.status is not None or row.request_digest != digest:
                return _again(row, key, digest)
        answer = handler(view, request, *args, **kwargs)
        _keep(row, key, answer)
        return answer

    return answered


def request_digest(request: Request) -> str:
    """What a request asks, without what differs when it is sent again: SHA-256 in hexadecimal."""
    data = request.data
    if hasattr(data, "lists"):
        data = {name: values for name, values in data.lists() if name not in request.FILES}
    files = [
        [name, file.sha256 if isinstance(file, ReceivedFile) else file.size]
        for name, found in sorted(request.FILES.lists())
        for file in found
    ]
    asked = [request.method, request.get_full_path(), data, files]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


class KeyTaken(Exception):
    """Another request came first with this key."""


def _begun(token: ApiToken, key: str, digest: str) -> KeptAnswer:
    """A row for a new key; waits while another request with it runs, then raises KeyTaken."""
    _forget_old()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                token=token, key_digest=_digest(key), request_digest=digest, created_at=now()
            )
    except IntegrityError:
        raise KeyTaken from None


def _keep(row: KeptAnswer, key: str, answer: Response) -> None:
    body: bytes = JSONRenderer().render(answer.data)
    row.status, row.sealed = answer.status_code, _seal(body, key)
    row.save(update_fields=["status", "sealed"])


def _again(row: KeptAnswer, key: str, digest: str) -> Response:
    if row.request_digest != digest:
        raise KeyReused(
            f"This {HEADER} was already used for a different request. Use a new key for each one."
        )
    body, refused = _unseal(row.sealed, key), (row.status or 0) >= HTTPStatus.BAD_REQUEST
    return Response(
        json.loads(body) if body else None,
        status=row.status,
        headers={REPLAYED: "true"},
        content_type=MEDIA_TYPE if refused else None,
    )


@transaction.atomic
def _forget_old() -> None:
    """Remove what is past its time, a part at a time; others' parts are left to them."""
    end = now() - timedelta(hours=settings.API_KEY_HOURS)
    old = KeptAnswer.objects.filter(created_at__lt=end).select_for_update(skip_locked=True)
    keys = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    if keys:
        KeptAnswer.objects.filter(pk__in=keys).delete()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _seal(body: bytes, key: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_secret(key)).encrypt(nonce, body, None)).decode()


def _unseal(sealed: str, key: str) -> bytes:
    box = base64.b64decode(sealed)
    return AESGCM(_secret(key)).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], None)


def _secret(key: str) -> bytes:
    """AES-256 key from this installation's secret and the client's key, by HKDF (RFC 5869)."""
    secret: str = settings.SECRET_KEY
    return HKDF(algorithm=SHA256(), length=32, salt=_digest(key).encode(), info=PURPOSE).derive(
        secret.encode() + key.encode()
    )
