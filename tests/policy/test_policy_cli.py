from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from policy import loader
from policy.cli import command
from policy.mutation import check

FACTS: dict[str, Any] = {
    "covered_platform": {"value": True, "source": "platform"},
    "request_valid": True,
    "intimate": True,
    "depicts_identifiable_person": True,
    "consent_to_publication": {"value": False, "source": "requester"},
    "synthetic": {"value": True, "source": "detector"},
    "days_to_election": 12,
}


def call(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(words), input=stdin)


@pytest.fixture
def facts_file(tmp_path: Path) -> str:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS), encoding="utf-8")
    return str(path)


def test_list() -> None:
    result = call("list", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)["rules"]
    assert {row["id"] for row in rows} >= {"us-tida-notice-removal", "eu-dsa-17"}
    assert all(len(row["digest"]) == 64 for row in rows)
    assert "house-synthetic-label" in call("list").stdout


def test_show() -> None:
    text = call("show", "us-ca-ab730").stdout
    assert "From 2027-01-01: sunset" in text
    assert "between 0 and 60" in text
    assert "Open: Subdivisions (d) to (f) were not read" in text
    rules = json.loads(call("show", "eu-dsa-notice-and-action", "--json").stdout)["rules"]
    assert [rule["id"] for rule in rules] == ["eu-dsa-16", "eu-dsa-16-4", "eu-dsa-17"]
    assert rules[0]["when"]["children"][0]["citation"]["quote"].startswith("a 'hosting' service")
    missing = call("show", "nothing")
    assert missing.exit_code == 2
    assert missing.stdout == ""
    assert "no rule and no pack 'nothing'" in missing.stderr


def test_show_pack_prints_every_rule() -> None:
    text = call("show", "eu-dsa-notice-and-action").stdout
    assert "Duty: Give the uploader" in text
    assert text.count("Binds: provider of hosting services") == 3


def test_facts() -> None:
    rows = json.loads(call("facts", "--json").stdout)["facts"]
    assert {"synthetic", "days_to_election"} <= {row["name"] for row in rows}
    assert "days_to_election" in call("facts").stdout


def test_evaluate_json_is_alone_on_standard_output(facts_file: str) -> None:
    result = call(
        "evaluate", "--facts", facts_file, "--at", "2026-11-20", "--place", "US-CA",
        "--received-at", "2026-11-20T09:00:00Z", "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    data = json.loads(result.stdout)
    rules = {rule["id"]: rule for rule in data["rules"]}
    removal = rules["us-tida-notice-removal"]
    assert removal["outcome"] == "applies"
    assert removal["obligations"][0]["due"] == "2026-11-22T09:00:00+00:00"
    assert rules["house-synthetic-label"]["outcome"] == "unknown"
    assert rules["eu-dsa-16"]["outcome"] == "does_not_apply"
    assert set(data["pack_digests"]) >= {
        "eu-dsa-notice-and-action", "house-synthetic-media", "us-ca-ab-730", "us-take-it-down",
    }  # fmt: skip


def test_evaluate_in_words(facts_file: str) -> None:
    text = call(
        "evaluate", "--facts", facts_file, "--at", "2026-11-20", "--place", "US-CA",
        "--received-at", "2026-11-20T09:00:00Z",
    ).stdout  # fmt: skip
    assert "Applies because this service is a covered platform" in text
    assert "The distributor risks an injunction" in text
    assert "(provisionally, 2026-11-21T09:00:00+00:00)" in text
    assert "? parody: " in text
    assert text.count("Not legal advice.") == 1


@pytest.mark.parametrize(
    ("stdin", "more", "sentence"),
    [
        ("{", [], "not JSON"),
        ('{"synthetic": true, "synthetic": false}', [], "twice"),
        ("[]", [], "one JSON object"),
        ('{"sinthetic": true}', [], "did you mean 'synthetic'"),
        ('{"synthetic": 1}', [], "true or false"),
        ("{}", ["--place", "Atlantis"], "ISO 3166"),
        ("{}", ["--at", "soon"], "not a date"),
        ("{}", ["--received-at", "2026-11-20T09:00:00"], "time zone"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(stdin: str, more: list[str], sentence: str) -> None:
    result = call("evaluate", "--facts", "-", "--json", *more, stdin=stdin)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_evaluate_without_a_day_uses_today() -> None:
    result = call("evaluate", "--facts", "-", "--json", stdin="{}")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["received_at"] is None


def test_test_command() -> None:
    result = call("test", "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["failures"] == []
    assert data["tests"] > 90
    assert "mutants" not in data
    assert "0 differences" in call("test").stdout


def test_test_command_says_how_sharp_the_tests_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two packs; that every shipped one is sharp is shown where the packs are tested."""
    for path in loader.builtin_folder().rglob("*.yaml"):
        if path.stem in {"ab-730", "take-it-down"}:
            shutil.copy(path, tmp_path)
    monkeypatch.setattr(loader, "builtin_folder", lambda: tmp_path)
    documents = list(loader.documents())
    assert len(documents) == 2
    result = call("test", "--mutate", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)["mutants"]
    assert told["survivors"] == []
    assert told["total"] == sum(check(document).total for document in documents) > 20
    (tmp_path / "ab-730.yaml").unlink()
    assert call("test", "--mutate").stdout.endswith("0 unnoticed.\n")


def test_a_failing_pack_gives_status_1(
    tmp_path: Path, document: Any, rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blunt = document(rule(when={"fact": "synthetic", "is": False, "cite": "c"}))
    (tmp_path / "one.yaml").write_text(json.dumps(blunt), encoding="utf-8")
    monkeypatch.setenv("PROBITY_POLICY_DIR", str(tmp_path))
    result = call("test")
    assert result.exit_code == 1
    assert "example, one: outcome should be 'applies' and is 'does_not_apply'" in result.stdout


def test_importing_the_command_is_light() -> None:
    code = (
        "import sys, policy.cli; "
        "print([m for m in ('yaml', 'rich', 'policy.engine', 'foundation') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
