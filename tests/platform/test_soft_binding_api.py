"""The C2PA Soft Binding Resolution API: its paths, parameters and answers."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from probity.core.clock import now
from probity.credentials.models import SigningIdentity, Work, WorkBinding

pytestmark = pytest.mark.django_db
PDQ = "org.probity.pdq.1"
SEAL = "org.probity.seal.1"
HASH = bytes(range(32))


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def described(label: bytes) -> bytes:
    return box(b"jumd", bytes(16) + b"\x03" + label + b"\0")


FIRST = box(b"jumb", described(b"urn:c2pa:first") + box(b"cbor", b"first"))
ACTIVE = box(b"jumb", described(b"urn:c2pa:active") + box(b"cbor", b"active"))
STORE = box(b"jumb", described(b"c2pa") + FIRST + ACTIVE)


@pytest.fixture
def work(person: Any) -> Work:
    somebody = person("ada", "creator")
    identity = SigningIdentity.objects.create(person=somebody, name="trial", made_at=now())
    row = Work.objects.create(
        person=somebody, identity=identity, batch=uuid4(), name="a.jpg", source_sha256="0" * 64,
        asked_at=now(), step="done", sha256="1" * 64, manifest_id="urn:c2pa:active",
        manifest_sha256="2" * 64, manifest=STORE,
    )  # fmt: skip
    WorkBinding.objects.create(work=row, algorithm=PDQ, value=HASH)
    WorkBinding.objects.create(work=row, algorithm=SEAL, value=b"12345678")
    return row


def told(value: bytes) -> str:
    return base64.b64encode(value).decode()


def test_the_algorithms_are_named(client: Client) -> None:
    body = client.get("/api/v1/services/supportedAlgorithms").json()
    assert {"alg": PDQ} in body["fingerprints"]
    assert {"alg": SEAL} in body["watermarks"]
    assert set(body) == {"watermarks", "fingerprints"}


def test_a_binding_leads_to_its_manifest(client: Client, work: Work) -> None:
    for algorithm, value in ((SEAL, b"12345678"), (PDQ, HASH)):
        query = {"alg": algorithm, "value": told(value)}
        expected = {"matches": [{"manifestId": "urn:c2pa:active", "similarityScore": 100}]}
        assert client.get("/api/v1/matches/byBinding", query).json() == expected
        posted = client.post("/api/v1/matches/byBinding", query, content_type="application/json")
        assert posted.json() == expected
    near = bytes([HASH[0] ^ 0b11]) + HASH[1:]
    [match] = client.get("/api/v1/matches/byBinding", {"alg": PDQ, "value": told(near)}).json()[
        "matches"
    ]
    assert 90 <= match["similarityScore"] < 100
    far = {"alg": PDQ, "value": told(bytes(32))}
    assert client.get("/api/v1/matches/byBinding", far).json() == {"matches": []}


def test_the_store_or_its_active_manifest(client: Client, work: Work) -> None:
    whole = client.get("/api/v1/manifests/urn:c2pa:active")
    assert whole["Content-Type"] == "application/c2pa"
    assert whole.content == STORE
    alone = client.get("/api/v1/manifests/urn:c2pa:active?returnActiveManifest=true").content
    assert alone == box(b"jumb", described(b"c2pa") + ACTIVE)
    assert client.get("/api/v1/manifests/urn:c2pa:first").status_code == 404
    assert client.get("/api/v1/manifests/urn:c2pa:nothing").json()["code"] == "not-found"


@pytest.mark.parametrize(
    "query",
    [
        {}, {"alg": PDQ}, {"alg": "com.example.1", "value": "AAAA"}, {"alg": PDQ, "value": "%%%"},
        {"alg": PDQ, "value": told(HASH), "maxResults": "0"},
        {"alg": PDQ, "value": told(HASH), "maxResults": "many"},
    ],
)  # fmt: skip
def test_wrong_queries_are_refused_with_a_sentence(client: Client, query: dict[str, str]) -> None:
    answer = client.get("/api/v1/matches/byBinding", query)
    assert 400 <= answer.status_code < 500
    assert answer.json()["detail"].endswith(".")


def test_a_withdrawn_work_is_not_found(client: Client, work: Work) -> None:
    Work.objects.update(withdrawn_at=now())
    query = {"alg": PDQ, "value": told(HASH)}
    assert client.get("/api/v1/matches/byBinding", query).json() == {"matches": []}
    assert client.get("/api/v1/manifests/urn:c2pa:active").status_code == 404


def test_content_that_is_no_media_matches_nothing_or_is_refused(client: Client) -> None:
    answer = client.post("/api/v1/matches/byContent", b"words", content_type="text/plain")
    assert answer.status_code in {200, 415, 422}
    assert answer.json().get("matches", []) == []
    assert client.post("/api/v1/matches/byContent").status_code == 422
    assert client.get("/api/v1/matches/byContent").status_code == 405
