"""What the API's tests start from: an administrator's client, and cases made through the API."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from PIL import Image
from rest_framework.test import APIClient


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The schema, made once, without a word of complaint; nobody changes it."""
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, "drf-spectacular warns of something: see what it printed."
    return dict(schema)


@pytest.fixture(scope="session")
def operations_of(document: dict[str, Any]) -> dict[str, str]:
    """The method of every operation of the schema, by its name."""
    return {
        operation["operationId"]: method
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


@pytest.fixture
def admin(client_for: Callable[..., APIClient]) -> APIClient:
    """A client that may do everything."""
    return client_for("ada", "administrator")


@pytest.fixture
def reported(admin: APIClient) -> Callable[..., dict[str, Any]]:
    """Report addresses in one call; the outcome of each."""

    def report(*places: int, **fields: Any) -> list[dict[str, Any]]:
        reports = [
            {
                "category": "impersonation",
                "explanation": "Somebody pretends to be me.",
                "url": f"https://example.org/{place}",
                **fields,
            }
            for place in places
        ]
        answer = admin.post("/api/v1/reports/bulk", {"reports": reports}, format="json")
        assert answer.status_code == 200, answer.json()
        return answer.json()["reports"]

    return report


@pytest.fixture
def served() -> Iterator[Any]:
    """The product as a WSGI application that leaves the test its transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def drawn() -> Callable[[int], bytes]:
    """A picture of our own, another one for each number, as PNG."""

    def draw(number: int) -> bytes:
        out = io.BytesIO()
        noise = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((320, 240)).save(out, "PNG")
        return out.getvalue()

    return draw


@pytest.fixture
def picture_in(drawn: Callable[[int], bytes]) -> Callable[..., Any]:
    """Put a picture into a case, with an analysis that nobody waits for; the asset."""
    from foundation.media.kinds import Kind, Probe
    from probity.cases.models import Case
    from probity.cases.services import item_add
    from probity.evidence.services import asset_keep
    from probity.evidence.uploads import stream_receive

    def put(case: str, number: int) -> Any:
        found, data = Case.objects.get(pk=case), drawn(number)
        probe = Probe(
            kind=Kind.IMAGE, media_type="image/png", format="png", bytes=len(data), width=320,
            height=240,
        )  # fmt: skip
        with closing(stream_receive(io.BytesIO(data))) as received:
            asset = asset_keep(received=received, probe=probe, actor="system", case=found.pk)
        item_add(case=found, asset=asset, report=found.reports.first())
        return asset

    return put
