"""`probity trust add|update` and the memory of lists: what a day's question is answered with."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding

from provenance import trust, verify
from provenance.certificates import parse_pem
from provenance.errors import TrustListInvalid
from provenance.trust_cli import trust as command

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_add_takes_a_list_into_the_state_folder(
    newsroom: Any, identity: Callable[..., Any], put: Put, sign: Sign,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    path = put("a.jpg", sign(picture(), newsroom)[0])
    assert verify.read(path).verdict == "valid"
    source = put("roots.pem", b"# ours\n" + newsroom.root_pem * 2)
    done = run(
        "add", source, "--name", "desk", "--title", "The desk", "--date", "2026-01-02",
        "--next-update", "2027-01-02", "--note", "Who we work with.", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["name"], told["date"], told["counts"]["anchors"]) == ("desk", "2026-01-02", 1)
    record = verify.read(path)
    assert (record.verdict, record.trusted_by) == ("trusted", ["desk"])
    row = next(row for row in record.lists if row["name"] == "desk")
    assert row["anchor"]["organisation"] == "Example Newsroom"
    assert "Example Newsroom Root" in row["sentence"]
    clock = put("clock.pem", identity(root_ekus=[TIME_STAMPING]).root_pem)
    friend = put("friend.pem", identity().leaf_pem)
    assert run("add", clock, "--name", "desk", "--for", "time-stamps").exit_code == 0
    assert run("add", friend, "--name", "desk", "--for", "allowed").exit_code == 0
    counts = trust.load(["desk"]).lists[0].counts
    assert counts == {"anchors": 1, "time_stamps": 1, "allowed": 1}
    assert trust.load(["desk"]).lists[0].title == "The desk"


@pytest.mark.parametrize(
    ("what", "purpose", "words"),
    [
        ("junk", "signers", "broken"),
        ("der", "signers", "broken"),
        ("leaf", "signers", "not an authority"),
        ("clock", "signers", "time-stamping"),
        ("root", "allowed", "authority's"),
        ("stamper", "allowed", "not made for signing"),
        ("root", "time-stamps", "add its signers first"),
        ("empty", "signers", "broken"),
        ("json", "signers", "no list of trusted entities"),
    ],
)
def test_what_is_refused_and_changes_nothing(
    what: str, purpose: str, words: str, newsroom: Any, identity: Callable[..., Any], put: Put
) -> None:
    made = {
        "junk": lambda: b"-----BEGIN CERTIFICATE-----\nanVuaw==\n-----END CERTIFICATE-----\n",
        "der": lambda: newsroom.root.public_bytes(Encoding.DER),
        "leaf": lambda: newsroom.leaf_pem,
        "clock": lambda: identity(root_ekus=[TIME_STAMPING]).root_pem,
        "root": lambda: newsroom.root_pem,
        "stamper": lambda: identity(ekus=[TIME_STAMPING]).leaf_pem,
        "empty": lambda: b"",
        "json": lambda: b'{"LoTE": []}',
    }[what]()
    done = run("add", put("x", made), "--name", "desk", "--for", purpose)
    assert done.exit_code == 2
    assert words in done.stderr
    assert trust.names() == ("c2pa", "interim")


@pytest.mark.parametrize("name", ["c2pa", "Desk", "a/b", "..", "x" * 41])
def test_names_that_cannot_be(name: str, newsroom: Any, put: Put) -> None:
    with pytest.raises(TrustListInvalid, match="cannot be the name"):
        trust.add(put("x", newsroom.root_pem), name=name)


def entity(certificate: Any, *, status: str = "trusted") -> dict[str, Any]:
    der = certificate.public_bytes(Encoding.DER)
    service = {
        "ServiceStatus": f"http://example.org/{status}",
        "ServiceDigitalIdentity": {"X509Certificates": [{"val": base64.b64encode(der).decode()}]},
    }
    return {"TrustedEntityServices": [{"ServiceInformation": service}]}


def test_a_list_of_trusted_entities(newsroom: Any, identity: Callable[..., Any], put: Put) -> None:
    about = {
        "SchemeName": [{"lang": "en", "value": "Example scheme"}],
        "ListIssueDateTime": "2026-03-01T10:00:00Z",
        "NextUpdate": "2026-09-01T10:00:00Z",
    }
    listed = [entity(newsroom.root), entity(identity().root, status="withdrawn")]
    whole = {"LoTE": {"ListAndSchemeInformation": about, "TrustedEntitiesList": listed}}
    known = trust.add(put("l.json", json.dumps(whole).encode()), name="scheme")
    assert known.counts["anchors"] == 1
    assert (known.title, known.date) == ("Example scheme", dt.date(2026, 3, 1))
    assert known.next_update == dt.date(2026, 9, 1)
    overdue = run("list")
    assert "should have been renewed on 2026-09-01" in overdue.stderr


def test_the_published_list_of_entities_is_the_published_pem(shared: Path) -> None:
    folder = shared / "trust/c2pa"
    entities = trust.add(folder / "C2PA-TRUST-LIST.json", name="entities")
    pem = trust.add(folder / "C2PA-TRUST-LIST.pem", name="pem", date=entities.date)
    assert entities.date == dt.date(2026, 8, 5)
    both = [set(parse_pem(known.anchors.encode())) for known in (entities, pem)]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"LoTE": {"TrustedEntitiesList": [{"TrustedEntityServices": [{}]}]}}',
     '{"LoTE": {"TrustedEntitiesList": []}}'],
)  # fmt: skip
def test_broken_lists_of_entities(text: str, put: Put) -> None:
    with pytest.raises(TrustListInvalid):
        trust.add(put("x.json", text.encode() or b"{"), name="broken")


def test_a_question_about_another_day_is_answered_with_the_list_of_that_day(
    newsroom: Any, identity: Callable[..., Any], sign: Sign, put: Put,
    picture: Callable[..., bytes],
) -> None:  # fmt: skip
    """A signer who was on the list until it was renewed without them."""
    other = identity(organisation="Successor")
    path = put("a.jpg", sign(picture(), newsroom)[0])
    today = dt.datetime.now(dt.UTC).date()
    old, new = today - dt.timedelta(days=20), today - dt.timedelta(days=5)
    first = trust.add(put("old.pem", newsroom.root_pem), name="desk", date=old)
    assert verify.read(path).verdict == "trusted"
    second = trust.add(put("new.pem", other.root_pem), name="desk", date=new)
    assert verify.read(path).verdict == "valid"
    then = verify.read(path, as_of=today - dt.timedelta(days=10))
    assert (then.verdict, then.trusted_by) == ("trusted", ["desk"])
    assert then.versions["lists"]["desk"] == {
        "sha256": first.sha256, "date": old.isoformat(), "title": "list desk",
    }  # fmt: skip
    now = verify.read(path, as_of=today)
    assert now.versions["lists"]["desk"]["sha256"] == second.sha256
    before = verify.read(path, as_of=today - dt.timedelta(days=25))
    assert before.by_list["desk"] is None
    assert "is not kept here" in before.not_checked[-1]["sentence"]
    shown = json.loads(
        run("show", "desk", "--as-of", today - dt.timedelta(days=10), "--json").stdout
    )
    assert shown["sha256"] == first.sha256
    assert run("show", "desk", "--as-of", "2020-01-01").exit_code == 2
    listed = run("list", "--as-of", "2020-01-01")
    assert "no version of that day" in listed.stderr


def test_a_kept_version_that_was_damaged_is_an_error(
    newsroom: Any, identity: Callable[..., Any], put: Put, tmp_path: Path
) -> None:
    old, new = dt.date(2026, 1, 1), dt.date(2026, 6, 1)
    trust.add(put("old.pem", newsroom.root_pem), name="desk", date=old)
    trust.add(put("new.pem", identity().root_pem), name="desk", date=new)
    (kept,) = (tmp_path / "home/trust/versions/desk").glob("2026-01-01-*")
    (kept / "anchors.pem").write_bytes(b"junk")
    with pytest.raises(TrustListInvalid, match="broken"):
        trust.load(["desk"], day=dt.date(2026, 2, 1))


def test_update_fetches_the_public_lists(public_lists: None) -> None:
    done = run("update", "--json")
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == ["c2pa", "interim"]
    assert run("update", "c2pa").stdout.endswith("here already.\n")
    assert run("update", "desk").exit_code == 2


def test_reading_goes_on_where_nothing_can_be_kept(
    public_lists: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from provenance.trust import versions

    blocked = tmp_path / "home/trust"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_bytes(b"no folder")
    monkeypatch.setattr(versions, "_kept", set())
    assert len(trust.load().lists) == 2
