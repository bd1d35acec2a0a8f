"""Talking to the database: to the configured host and nowhere else; no redirect is followed."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings

from probity.core.errors import Conflict
from probity.outbox.places import Place, place_of

ANSWER_BYTES = 4_000_000
STORED, FOUND, MISSING, INVALID = 201, 302, 404, 422


@dataclass(frozen=True)
class Answer:
    """What came back; ``status`` is None when nothing did and nobody knows what was stored."""

    status: int | None
    body: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    wait_seconds: int | None = None

    @property
    def errors(self) -> dict[str, list[str]]:
        """The sentences of a refusal (422) by field."""
        said = self.body.get("errors")
        if not isinstance(said, Mapping):
            return {}
        return {
            str(name): [str(row) for row in (rows if isinstance(rows, list) else [rows])]
            for name, rows in said.items()
        }

    @property
    def existing(self) -> list[str]:
        """The puids that a refused batch shares with what is stored already."""
        said = self.body.get("errors")
        found = said.get("existing_puids") if isinstance(said, Mapping) else None
        found = found if found is not None else self.body.get("existing_puids")
        return [str(puid) for puid in found] if isinstance(found, list) else []


class Database:
    """The interface of the database at one address, for one token."""

    def __init__(self, *, url: str, token: str) -> None:
        self.place: Place = place_of(url.rstrip("/"))
        self._token = token

    @classmethod
    def configured(cls) -> Database:
        """As the settings say; raises Conflict while they say nothing, InvalidInput for an address
        that nothing may be sent to."""
        if not settings.TRANSPARENCY_URL or not settings.TRANSPARENCY_TOKEN:
            raise Conflict(
                "Nothing is sent: set PROBITY_TRANSPARENCY_URL to the address of the database's "
                "interface and PROBITY_TRANSPARENCY_TOKEN to your platform's token. Without "
                "--send, what would be sent is written to a file."
            )
        return cls(url=settings.TRANSPARENCY_URL, token=settings.TRANSPARENCY_TOKEN)

    @property
    def host(self) -> str:
        """Where it is."""
        return self.place.authority

    def submit(self, statements: Sequence[Mapping[str, Any]]) -> Answer:
        """Send a batch; only 201 means that it is stored, and then all of it is."""
        body = json.dumps({"statements": list(statements)}, ensure_ascii=False)
        return self._ask("POST", "/statements", body.encode())

    def exists(self, puid: str) -> bool | None:
        """Whether a statement of this name is stored: 302 is yes, 404 no, else None."""
        answer = self._ask("GET", f"/statement/existing-puid/{quote(puid, safe='')}")
        return {FOUND: True, MISSING: False}.get(answer.status or 0)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        connection = self._connection()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "User-Agent": "probity",
            **({"Content-Type": "application/json"} if body is not None else {}),
        }
        try:
            connection.request(method, self.place.target.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            said = answer.read(ANSWER_BYTES)
            after = answer.getheader("Retry-After", "")
            return Answer(
                answer.status, _object(said),
                wait_seconds=int(after) if after.isdecimal() else None,
            )  # fmt: skip
        except (OSError, http.client.HTTPException) as error:
            return Answer(None, error=f"No usable answer came ({type(error).__name__}).")
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        seconds = settings.TRANSPARENCY_SECONDS
        if self.place.secure:
            return http.client.HTTPSConnection(
                self.place.host, self.place.port, timeout=seconds,
                context=ssl.create_default_context(),
            )  # fmt: skip
        return http.client.HTTPConnection(self.place.host, self.place.port, timeout=seconds)


def _object(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
