"""Many works: into a folder, again after a break, and by the commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from foundation import child
from provenance import verify
from provenance.identity_cli import identity
from provenance.signing import AI, Signer, Work
from provenance.signing.errors import OutputRefused
from provenance.signing.many import JOURNAL, Choices, sign_many, tasks
from provenance.signing_cli import sign as command


@pytest.fixture
def works(tmp_path: Path) -> Path:
    """A folder of four pictures in two folders, and a text."""
    folder = tmp_path / "works"
    (folder / "inner").mkdir(parents=True)
    for place in range(4):
        name = f"inner/{place}.png" if place > 1 else f"{place}.jpg"
        Image.new("RGB", (80, 60), (place * 60, 90, 7)).save(folder / name)
    (folder / "note.txt").write_text("words")
    (folder / ".hidden.jpg").write_bytes(b"x")
    return folder


def outcomes(works: Path, out: Path, who: Signer, **choices: Any) -> dict[str, str]:
    chosen = Choices(signer=who, work=Work(ai=AI.NONE), **choices)
    found = sign_many(tasks([works], out), out, chosen, workers=2)
    return {str(one.task.path.relative_to(works)): one.to_dict()["outcome"] for one in found}


def test_a_folder_keeps_its_order_and_names(works: Path, tmp_path: Path, trial: Signer) -> None:
    out = tmp_path / "out"
    assert outcomes(works, out, trial) == {
        "0.jpg": "signed",
        "1.jpg": "signed",
        "inner/2.png": "signed",
        "inner/3.png": "signed",
        "note.txt": "refused",
    }
    for name in ("0.jpg", "inner/3.png"):
        assert verify.read(out / name).verdict == "valid"
    assert set(outcomes(works, out, trial).values()) == {"signed_before", "refused"}


def test_a_break_loses_nothing_and_leaves_nothing_half(
    works: Path, tmp_path: Path, trial: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    chosen = Choices(signer=trial, work=Work())
    real = child.call
    calls: list[str] = []

    def failing(target: str, *args: Any, **options: Any) -> Any:
        calls.append(target)
        if target.endswith("building:make") and sum(t == target for t in calls) >= 3:
            real(target, *args, **options)
            raise KeyboardInterrupt
        return real(target, *args, **options)

    monkeypatch.setattr(child, "call", failing)
    with pytest.raises(KeyboardInterrupt):
        list(sign_many(tasks([works], out), out, chosen, workers=1))
    monkeypatch.undo()
    assert not list(out.rglob("*.part"))
    done = [path for path in out.rglob("*") if path.suffix in {".jpg", ".png"}]
    assert len(done) == 2
    found = [one.to_dict()["outcome"] for one in sign_many(tasks([works], out), out, chosen)]
    assert found == ["signed_before", "signed_before", "signed", "signed", "refused"]


def test_a_break_between_writing_and_noting_it(works: Path, tmp_path: Path, trial: Signer) -> None:
    out = tmp_path / "out"
    outcomes(works, out, trial)
    journal = out / JOURNAL
    lines = journal.read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if "sha256" in line and '"0.jpg"' in line)
    kept = [*lines[:place], *lines[place + 1 :], '{"output": "1.jp']
    journal.write_text("\n".join(kept))
    found = outcomes(works, out, trial)
    assert (found["0.jpg"], found["1.jpg"]) == ("signed", "signed_before")
    assert outcomes(works, out, trial)["0.jpg"] == "signed_before"


def test_what_changed_is_signed_again_and_what_is_foreign_is_left(
    works: Path, tmp_path: Path, trial: Signer
) -> None:
    out = tmp_path / "out"
    (out / "inner").mkdir(parents=True)
    (out / "inner" / "2.png").write_bytes(b"mine")
    first = outcomes(works, out, trial)
    assert first["inner/2.png"] == "refused"
    assert (out / "inner" / "2.png").read_bytes() == b"mine"
    Image.new("RGB", (80, 60), (1, 1, 1)).save(works / "0.jpg")
    assert outcomes(works, out, trial)["0.jpg"] == "refused"
    second = outcomes(works, out, trial, overwrite=True)
    assert (second["0.jpg"], second["1.jpg"]) == ("signed", "signed_before")


def test_other_choices_are_other_works(works: Path, tmp_path: Path, trial: Signer) -> None:
    out = tmp_path / "out"
    outcomes(works, out, trial)
    chosen = Choices(signer=trial, work=Work(ai=AI.EDITED))
    found = [one.to_dict() for one in sign_many(tasks([works], out), out, chosen)]
    assert {one["error"]["code"] for one in found} == {"output-refused", "format-not-signed"}


def test_two_files_of_one_name(works: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="Two files"):
        tasks([works / "0.jpg", works / "0.jpg"], tmp_path / "out")
    assert [task.path.name for task in tasks([works], works / "inner")] == [
        "0.jpg",
        "1.jpg",
        "note.txt",
    ]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs `probity identity …` and `probity sign …` in the test's own state folder."""
    monkeypatch.delenv("PROBITY_IDENTITY_PASSPHRASE", raising=False)
    runner = CliRunner()

    def go(*words: object, typed: str | None = None) -> Any:
        name, *rest = map(str, words)
        return runner.invoke({"identity": identity, "sign": command}[name], rest, input=typed)

    return go


def test_the_commands_from_key_to_batch(
    run: Callable[..., Any], works: Path, tmp_path: Path, authority: Any
) -> None:
    typed = "correct horse battery\n"
    assert run("identity", "create", "desk", "--subject", "Ada", typed=typed * 2).exit_code == 0
    request = run("identity", "csr", "desk")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(authority.certify(request.stdout.encode()))
    assert "ready to sign" in run("identity", "import", "desk", chain).output
    assert run("identity", "export-chain", "desk").stdout.startswith("-----BEGIN CERTIFICATE")
    out = tmp_path / "one.jpg"
    done = run(
        "sign", works / "0.jpg", "-o", out, "--identity", "desk", "--action", "cropped", "--ai",
        "edited", "--do-not-train", "--title", "One", "--author", "Ada", "--json", typed=typed,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["title"], told["ai"], told["verdict"]) == ("One", "edited", "valid")
    record = verify.read(out)
    assert record.do_not_train == dict.fromkeys(
        ("ai_training", "ai_generative_training", "data_mining"), "notAllowed"
    )
    assert (record.ai_use, record.generator and record.generator.split()[0]) == (
        "edited", "Probity",
    )  # fmt: skip
    wrong = run(
        "sign", works / "1.jpg", "-o", tmp_path / "x.jpg", "--identity", "desk", typed="no\n"
    )
    assert wrong.exit_code == 2
    assert "does not open" in wrong.output
    batch = run("sign", works, "-o", tmp_path / "out", "--identity", "desk", "--json", typed=typed)
    assert batch.exit_code == 2
    lines = [json.loads(line) for line in batch.stdout.splitlines()]
    assert [line["outcome"] for line in lines] == ["signed"] * 4 + ["refused"]
    assert "4 signed, 0 were signed before, 1 refused." in batch.stderr


def test_the_commands_of_a_trial(run: Callable[..., Any], works: Path, tmp_path: Path) -> None:
    assert "trials only" in run("identity", "create", "trial", "--development").output
    listed = json.loads(run("identity", "list", "--json").stdout)
    assert (listed["state"], listed["development"]) == ("ready", True)
    assert "trial" in run("identity", "list").stdout
    assert "chain_pem" not in run("identity", "show", "trial").stdout
    done = run("sign", works / "0.jpg", "-o", tmp_path / "o.jpg", "--identity", "trial")
    assert (done.exit_code, "never trusted" in done.stdout) == (0, True)
    gone = run("identity", "revoke", "trial", "--why", "done", typed="y\n")
    assert gone.exit_code == 0
    again = run("sign", works / "0.jpg", "-o", tmp_path / "p.jpg", "--identity", "trial")
    assert (again.exit_code, "was revoked (done)" in again.output) == (2, True)
    assert run("sign", works, "-o", "x", "--identity", "t", "--title", "T").exit_code == 2
    assert run("identity", "create", "x", "--token", "t", "--development").exit_code == 2
    assert run("identity", "create", "x", "--token", "t").exit_code == 2
