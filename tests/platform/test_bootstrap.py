"""The set-up script: any Python reads it, it repeats only what changed, it says what is wrong."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def bootstrap(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, pointed at an empty checkout; pip is replaced by a list of calls."""
    spec = importlib.util.spec_from_file_location("bootstrap", root / "scripts" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    point(module, checkout, monkeypatch)
    return module


def point(module: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkout / ".venv"
    for name, value in {
        "ROOT": checkout,
        "VENV": folder,
        "PYTHON": folder / "bin" / "python",
        "STAMP": folder / "probity-setup.json",
        "LOG": folder / "probity-setup.log",
    }.items():
        monkeypatch.setattr(module, name, str(value))


@pytest.fixture
def pip(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(bootstrap, "run_pip", lambda what, arguments: calls.append(arguments[-1]))
    monkeypatch.setattr(bootstrap, "venv_version", lambda: "3.11.7")
    return calls


def whole_venv(bootstrap: ModuleType) -> None:
    """What counts as a .venv of this checkout, without the seconds that a real one costs."""
    programs = Path(bootstrap.VENV) / "bin"
    programs.mkdir(parents=True)
    (programs.parent / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    (programs / "pip").write_text(f"#!{bootstrap.PYTHON}\n", encoding="utf-8")


def test_python_3_6_can_read_it(root: Path) -> None:
    text = (root / "scripts" / "bootstrap.py").read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 6))
    newer = [
        node for node in ast.walk(tree) if isinstance(node, ast.keyword)
        and node.arg in {"capture_output", "text", "missing_ok", "dirs_exist_ok"}
    ]  # fmt: skip
    assert newer == [], "these came after 3.6"
    assert "from __future__ import annotations" not in text, "it came with 3.7"


def test_it_imports_nothing_that_is_not_in_every_python(root: Path) -> None:
    tree = ast.parse((root / "scripts" / "bootstrap.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names} | {
        node.module for node in top if isinstance(node, ast.ImportFrom)
    }
    assert names <= sys.stdlib_module_names
    assert "tomllib" not in names, "it came with 3.11 and is imported after the hand-over"


def test_only_what_changed_is_installed_again(bootstrap: ModuleType, pip: list[str]) -> None:
    whole_venv(bootstrap)
    bootstrap.set_up(("base",))
    assert pip == [bootstrap.ROOT]
    bootstrap.set_up(("base",))
    assert pip == [bootstrap.ROOT], "nothing changed, so nothing is done"
    bootstrap.set_up(("torch", "dev"))
    assert pip[1:] == ["torch==2.13.0", f"{bootstrap.ROOT}[dev]"], "torch comes first"
    pyproject = Path(bootstrap.ROOT) / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text(encoding="utf-8").replace("celery==5.7.0", "celery==5.7.1"),
        encoding="utf-8",
    )
    bootstrap.set_up(("torch", "dev"))
    assert pip[3:] == [f"{bootstrap.ROOT}[dev]"], "torch did not change"
    bootstrap.set_up(("base",))
    assert len(pip) == 4, "the development tools came with Probity itself"


def test_an_interrupted_install_is_taken_up_again(
    bootstrap: ModuleType, pip: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_venv(bootstrap)

    def interrupted(what: str, arguments: list[str]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "run_pip", interrupted)
        assert bootstrap.main(["up"]) == 130
    assert bootstrap.main(["up"]) == 0
    assert pip == [bootstrap.ROOT]


def test_its_own_code_is_compiled_once_it_changed(
    bootstrap: ModuleType, pip: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    whole_venv(bootstrap)
    source = Path(bootstrap.ROOT) / "detectors" / "one.py"
    source.parent.mkdir()
    source.write_text("ONE = 1\n", encoding="utf-8")
    bootstrap.set_up(("base",))
    [compiled] = (source.parent / "__pycache__").iterdir()
    before = compiled.read_bytes()
    source.write_text("ONE = 1 + 1 + 1\n", encoding="utf-8")
    bootstrap.set_up(("base",))
    assert compiled.read_bytes() != before


@pytest.mark.parametrize("damage", ["moved", "half-made", "other Python", "stamp of elsewhere"])
def test_a_venv_that_cannot_be_used_is_made_anew(
    bootstrap: ModuleType, pip: list[str], monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    whole_venv(bootstrap)
    bootstrap.set_up(("base",))
    if damage == "moved":
        (Path(bootstrap.VENV) / "bin" / "pip").write_text("#!/elsewhere/.venv/bin/python\n")
    elif damage == "half-made":
        (Path(bootstrap.VENV) / "bin" / "pip").unlink()
    elif damage == "other Python":
        monkeypatch.setattr(bootstrap, "venv_version", lambda: "3.12.1")
    else:
        stamp = json.loads(Path(bootstrap.STAMP).read_text(encoding="utf-8"))
        Path(bootstrap.STAMP).write_text(json.dumps({**stamp, "root": "/elsewhere"}))
    made: list[int] = []

    def make() -> None:
        made.append(1)
        (Path(bootstrap.VENV) / "bin" / "pip").write_text(f"#!{bootstrap.PYTHON}\n")

    monkeypatch.setattr(bootstrap, "make_venv", make)
    bootstrap.set_up(("base",))
    assert made == [1]
    assert pip == [bootstrap.ROOT] * 2


def test_a_real_venv_is_recognised(bootstrap: ModuleType) -> None:
    bootstrap.make_venv()
    stamp = bootstrap.read_stamp()
    assert bootstrap.usable(stamp)
    assert stamp["python"].startswith("3.")


def test_a_folder_with_something_else_is_left_alone(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = Path(bootstrap.VENV) / "diary.txt"
    keep.parent.mkdir()
    keep.write_text("mine", encoding="utf-8")
    assert bootstrap.main(["up"]) == 1
    assert "holds something else" in capsys.readouterr().err
    assert keep.exists()


def fake_python(folder: Path, name: str, said: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_the_first_python_that_is_new_and_whole_is_taken(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "_base_executable", "/nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    fake_python(tmp_path, "python3.11", "3.11 part")
    with pytest.raises(bootstrap.Stop, match="apt install python3-venv"):
        bootstrap.find_python()
    good = fake_python(tmp_path, "python3.12", "3.12 whole")
    fake_python(tmp_path, "python3", "3.9 whole")
    assert bootstrap.find_python() == str(good)
    good.unlink()
    (tmp_path / "python3.11").unlink()
    with pytest.raises(bootstrap.Stop, match=r"needs Python 3\.11 or later"):
        bootstrap.find_python()


def test_what_pip_says_is_boiled_down_and_its_addresses_are_left_out(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(bootstrap.VENV).mkdir()
    fake = Path(bootstrap.VENV) / "bin" / "python"
    fake.parent.mkdir()
    fake.write_text(
        "#!/bin/sh\n"
        "echo 'Looking in indexes: https://index.example/simple'\n"
        "echo 'Collecting numpy==2.4.6'\n"
        "echo 'Installing collected packages: a, b, c'\n"
        "echo 'ERROR: No answer from https://index.example/simple.'\n"
        "exit 1\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.run_pip("Probity's packages", ["x"])
    out = capsys.readouterr().out
    assert "unpacking 3" in out
    assert "://" not in out + str(stop.value)
    assert "No answer from (address)" in str(stop.value)
    assert "://" in Path(bootstrap.LOG).read_text(encoding="utf-8"), "the log keeps everything"


def test_wrong_usage_is_said_and_has_its_own_status(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(root / "scripts" / "bootstrap.py"), "nonsense"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "up | check | test | bench" in done.stderr


def test_every_make_target_has_help(root: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        env={key: value for key, value in os.environ.items() if "MAKE" not in key},
    )
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"up", "stop", "test", "check", "bench"} <= listed
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (phony,) = [line for line in makefile.splitlines() if line.startswith(".PHONY:")]
    assert set(phony.split()[1:]) == listed
