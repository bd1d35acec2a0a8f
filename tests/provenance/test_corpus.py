"""All files signed by others: the library's state under each list, and our verdict over it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from provenance import metadata, verify

COLUMNS = {"c2pa": "state_c2pa_trust_list", "interim": "state_interim_list"}
ORDER = ["invalid", "valid", "trusted"]


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "media/c2pa/MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def records(
    shared: Path, rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBITY_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
        patch.delenv("PROBITY_TRUST_DIR", raising=False)
        folder = shared / "media/c2pa"
        return {row["file"]: verify.read(folder / row["file"]).to_dict() for row in rows}


@pytest.fixture(scope="module")
def differences() -> dict[tuple[str, str], str]:
    path = Path(__file__).with_name("differences.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert all(row["reason"].strip() for row in listed)
    return {(row["file"], row["list"]): row["our_state"] for row in listed}


def test_states_equal_the_published_ones(
    rows: list[dict[str, str]],
    records: dict[str, dict[str, Any]],
    differences: dict[tuple[str, str], str],
) -> None:
    assert len(rows) > 100
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        for name, column in COLUMNS.items():
            wanted = None if row[column].startswith("ERR:") else row[column]
            ours = records[row["file"]]["by_list"][name]
            if ours != wanted:
                found[(row["file"], name)] = str(ours)
    assert found == differences


def test_every_record_is_json_and_has_a_sentence(records: dict[str, dict[str, Any]]) -> None:
    for record in records.values():
        again = json.loads(json.dumps(record, allow_nan=False))
        assert again == record
        assert record["sentence"].endswith(".")
        assert record["versions"]["lists"].keys() == {"c2pa", "interim"}


def test_a_verdict_other_than_the_library_s_best_state_has_a_reason(
    records: dict[str, dict[str, Any]],
) -> None:
    changed = 0
    for name, record in records.items():
        states = [state.lower() for state in record["by_list"].values() if state]
        if states and record["verdict"] != max(states, key=ORDER.index):
            changed += 1
            assert record["reasons"], name
    assert changed


@pytest.mark.parametrize(
    ("category", "allowed"),
    [
        ("tampered", {"invalid"}),
        ("bad_ingredient", {"invalid"}),
        ("expired", {"invalid"}),
        ("unsigned", {"none"}),
        ("error", {"none"}),
        ("cawg_invalid", {"valid", "trusted"}),
        ("valid_untrusted", {"valid", "invalid"}),
        ("valid_testroot", {"valid", "invalid"}),
        ("valid_interim_trusted", {"trusted", "invalid"}),
    ],
)
def test_verdicts_by_category(
    category: str,
    allowed: set[str],
    rows: list[dict[str, str]],
    records: dict[str, dict[str, Any]],
) -> None:
    chosen = [row["file"] for row in rows if row["category"].startswith(category)]
    assert chosen
    for name in chosen:
        record = records[name]
        assert record["verdict"] in allowed, name
        if record["verdict"] == "invalid" and category.startswith("valid"):
            assert record["ingredients_intact"] is False, name


def test_a_broken_ingredient_is_found_under_a_good_signature(
    rows: list[dict[str, str]], records: dict[str, dict[str, Any]]
) -> None:
    hidden = [
        row["file"]
        for row in rows
        if row["state_interim_list"] in {"Valid", "Trusted"}
        and records[row["file"]]["ingredients_intact"] is False
    ]
    assert len(hidden) >= 3
    for name in hidden:
        assert any(code.startswith("ingredient:") for code in records[name]["codes"])
        assert "broken-ingredient" in {r["rule"] for r in records[name]["reasons"]}


def test_identity_is_a_line_of_its_own(
    rows: list[dict[str, str]], records: dict[str, dict[str, Any]]
) -> None:
    for row in rows:
        record = records[row["file"]]
        if row["category"].startswith("cawg_invalid"):
            assert record["identity"] in {"failed", "not_checked"}
        if "cawg.ica.did_unavailable" in row["failure_codes_c2pa_list"].split(";"):
            others = {
                code
                for code in record["identity_codes"]
                if code not in {"cawg.ica.did_unavailable", "cawg.ica.untrusted_issuer"}
            }
            assert record["identity"] == ("failed" if others else "not_checked")


def test_names_are_identities_only_when_trusted(records: dict[str, dict[str, Any]]) -> None:
    for record in records.values():
        if record["signer"] is None:
            assert record["verdict"] == "none"
            continue
        assert record["signer"]["shown_as_identity"] is (record["verdict"] == "trusted")
        if record["verdict"] != "trusted" and record["signer"]["name"]:
            assert record["signer"]["shown"].startswith("claims to be ")


def test_certificates_and_time_stamps_are_read(
    rows: list[dict[str, str]], records: dict[str, dict[str, Any]]
) -> None:
    signed = [record for record in records.values() if record["signer"]]
    assert all(record["certificates"] for record in signed)
    stamped = [record for record in signed if record["time_stamp"]]
    assert len(stamped) > 40
    assert sum(record["time_stamp"]["trusted"] is True for record in stamped) > 40
    by_name = {row["file"]: row for row in rows}
    for name, record in records.items():
        if record["signer"]:
            assert record["signer"]["name"] == by_name[name]["signer_cn"]


def test_absent_never_reads_as_a_warning(records: dict[str, dict[str, Any]]) -> None:
    absent = [record for record in records.values() if record["credentials"] == "absent"]
    assert absent
    for record in absent:
        assert record["sentence"].startswith("No Content Credentials.")
        assert "says nothing" in record["sentence"]
        assert not record["details"]
        assert not record["not_checked"]
        assert record["ai_use"] == "unknown"


def test_what_could_not_be_read_or_fetched(
    rows: list[dict[str, str]], records: dict[str, dict[str, Any]]
) -> None:
    for row in rows:
        record = records[row["file"]]
        if row["error"].startswith("Remote:"):
            assert record["credentials"] == "remote_not_fetched"
            assert record["remote_url"].startswith("https://")
            assert record["not_checked"][0]["what"] == "remote-manifest"
        elif row["category"].startswith("error"):
            assert record["credentials"] == "unreadable"
            assert record["error"]["kind"]


def test_expiry_is_judged_by_the_day_that_is_asked_for(
    rows: list[dict[str, str]], shared: Path, public_lists: None
) -> None:
    expired = [row["file"] for row in rows if row["category"] == "expired"]
    assert expired
    for name in expired:
        path = shared / "media/c2pa" / name
        now = verify.read(path)
        assert now.verdict == "invalid"
        end = now.certificates[0]["not_after"][:10]
        start = now.certificates[0]["not_before"][:10]
        middle = start[:4] + start[4:8] + "28" if start[:7] != end[:7] else start
        then = verify.read(path, as_of=middle)
        assert then.verdict == "valid"
        assert "not-yet-expired-that-day" in {reason["rule"] for reason in then.reasons}
        # No list of that day is kept, which is said and not passed over.
        assert {entry["what"] for entry in then.not_checked} >= {"list:c2pa", "list:interim"}


def test_ai_use(rows: list[dict[str, str]], records: dict[str, dict[str, Any]]) -> None:
    for row in rows:
        record = records[row["file"]]
        if "trainedAlgorithmicMedia" in row["actions"].split("c2pa.created:")[-1].split(";")[0]:
            assert record["ai_use"] == "generated"
    uses = {record["ai_use"] for record in records.values()}
    assert uses == {"generated", "edited", "none_declared", "unknown"}


def test_metadata_of_every_file_is_read(rows: list[dict[str, str]], shared: Path) -> None:
    for row in rows:
        record = metadata.read(shared / "media/c2pa" / row["file"]).to_dict()
        assert json.loads(json.dumps(record)) == record
        assert record["sentence"].endswith(".")
        assert record["sha256"] == row["sha256"]
