"""The container files: right in shape by the published schema, and right in what they refer to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from probity.core.launch import databases

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def compose(root: Path) -> Compose:
    loaded: Compose = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> str:
    return (root / "Dockerfile").read_text(encoding="utf-8")


def broken_references(compose: Compose) -> list[str]:
    """Names that are used and not declared."""
    found = []
    for name, service in compose["services"].items():
        uses = {
            "services": list(service.get("depends_on", {})),
            "networks": list(service.get("networks", [])),
            "volumes": [
                mount.split(":")[0]
                for mount in service.get("volumes", [])
                if not mount.startswith((".", "/"))
            ],
            "configs": [one["source"] for one in service.get("configs", [])],
            "secrets": [
                one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])
            ],
        }
        for kind, names in uses.items():
            found += [
                f"{name} -> {kind}.{one}" for one in names if one not in compose.get(kind, {})
            ]
    return found


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
         str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_file_follows_the_compose_specification(root: Path, tmp_path: Path) -> None:
    done = validate(root / "docker-compose.yml")
    assert done.returncode == 0, done.stdout
    text = (root / "docker-compose.yml").read_text(encoding="utf-8")
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(text.replace("depends_on:", "dependson:"), encoding="utf-8")
    assert validate(wrong).returncode == 1, "the check must be able to fail"


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("hadolint")
    return subprocess.run([program, path], capture_output=True, text=True, check=False)


def test_the_linter_has_nothing_to_say_about_the_dockerfile(root: Path, tmp_path: Path) -> None:
    done = lint(root / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM debian\nRUN apt-get install -y curl\n", encoding="utf-8")
    assert lint(wrong).returncode == 1, "the check must be able to fail"


def test_nothing_runs_as_root_or_writes_into_its_image(compose: Compose) -> None:
    ours = set(compose["services"]) - {"postgres"}  # its image drops its rights by itself
    for name in ours:
        service = compose["services"][name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("user", "from our image") != "root", name


def test_no_secret_has_a_default(root: Path) -> None:
    text = (root / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = re.findall(r"\$\{(PROBITY_\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*)([^}]*)\}", text)
    assert len(secrets) > 4
    assert [name for name, default in secrets if default not in {":?set it in .env", ":-"}] == []


def test_every_reference_is_declared_and_every_declaration_used(compose: Compose) -> None:
    assert broken_references(compose) == []
    text = yaml.safe_dump(compose["services"])
    for kind in ("networks", "volumes", "configs"):
        for name in compose[kind]:
            assert name in text, f"{kind}.{name} is used by nobody"
    compose = {**compose, "services": {"web": {"depends_on": {"postgers": {}}}}}
    assert broken_references(compose) == ["web -> services.postgers"]


def test_waiting_for_health_needs_a_health_check(compose: Compose) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other], f"{name} waits for {other}"


def test_all_parts_are_there(compose: Compose) -> None:
    expected = {"postgres", "redis", "setup", "web", "worker-cpu", "worker-gpu", "beat"}
    assert set(compose["services"]) == expected
    gpu = compose["services"]["worker-gpu"]
    assert gpu["profiles"] == ["gpu"]
    assert "--pool=solo" in gpu["command"], "a card is never opened before a fork"
    assert "--concurrency=1" in gpu["command"], "one process for each card"
    assert gpu["environment"]["PROBITY_INFERENCE_DEVICE"] == "cuda:0"
    (device,) = gpu["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def test_only_setup_knows_the_owner(compose: Compose) -> None:
    for name, service in compose["services"].items():
        knows = "PROBITY_OWNER_PASSWORD" in yaml.safe_dump(service)
        assert knows == (name in {"setup", "postgres"}), name


def test_the_urls_are_understood_and_the_roles_are_the_launchers(compose: Compose) -> None:
    environment = compose["services"]["setup"]["environment"]
    given = {key: re.sub(r"\$\{[^}]*\}", "secret", value) for key, value in environment.items()}
    urls = databases.resolve(given)
    script = compose["configs"]["database-roles"]["content"]
    for url, role in ((urls.app, databases.APP_ROLE), (urls.owner, databases.OWNER_ROLE)):
        parsed = psycopg.conninfo.conninfo_to_dict(url)
        assert (parsed["user"], parsed["dbname"], parsed["host"]) == (role, "probity", "postgres")
        assert f"CREATE ROLE {role} LOGIN NOSUPERUSER" in script


def test_nothing_is_published_beyond_this_computer(compose: Compose) -> None:
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_the_image_runs_without_rights_and_builds_what_compose_names(
    compose: Compose, dockerfile: str
) -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", dockerfile, re.MULTILINE))
    for service in compose["services"].values():
        if "build" in service:
            assert service["build"]["target"] in targets
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert "--uid 10001" in dockerfile
    assert "0700 /var/lib/probity" in dockerfile


def test_the_image_copies_what_the_wheel_needs(root: Path, dockerfile: str) -> None:
    ignored = (root / ".dockerignore").read_text(encoding="utf-8").split()
    sources = " ".join(re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE)).split()
    assert set(sources) >= {"platform", "detectors", "provenance", "policy", "foundation"}
    for name in sources:
        assert (root / name).exists(), name
        assert f"!{name}" in ignored, name
    assert "torch==2.13.0" in dockerfile
