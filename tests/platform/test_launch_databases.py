"""Which database: the environment decides, and the embedded one needs no server to be named."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from probity.core.launch.databases import django_settings, resolve


def test_embedded_urls_hold_before_anything_exists(tmp_path: Path) -> None:
    home = tmp_path / "not there yet"
    urls = resolve({"PROBITY_HOME": str(home)})
    parsed = psycopg.conninfo.conninfo_to_dict(urls.app)
    assert urls.embedded
    assert parsed["user"] == urls.app_role == "probity_app"
    assert parsed["dbname"] == "probity"
    assert len(str(parsed["host"])) < 60
    assert psycopg.conninfo.conninfo_to_dict(urls.owner)["user"] == "probity_owner"
    assert not home.exists()


def test_a_link_to_a_home_is_the_same_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert resolve({"PROBITY_HOME": str(tmp_path / "link")}) == resolve(
        {"PROBITY_HOME": str(tmp_path / "home")}
    )


def test_one_given_url_serves_both_roles() -> None:
    urls = resolve({"DATABASE_URL": "postgresql://me@db/cases"})
    assert urls.app == urls.owner == "postgresql://me@db/cases"
    assert urls.app_role == "me"
    assert not urls.embedded


def test_the_application_role_is_known_while_the_owner_is_connected() -> None:
    urls = resolve(
        {
            "DATABASE_URL": "postgresql://boss@db/cases",
            "DATABASE_OWNER_URL": "postgresql://boss@db/cases",
            "PROBITY_APPLICATION_ROLE": "clerk",
        }
    )
    assert (urls.owner, urls.app_role) == ("postgresql://boss@db/cases", "clerk")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://probity_app@/probity?host=/run/probity/0a1b",
            {"USER": "probity_app", "NAME": "probity", "HOST": "/run/probity/0a1b", "PORT": ""},
        ),
        (
            "postgres://a%40b:p%2Fw@db.example:6543/case%20s?sslmode=require",
            {
                "USER": "a@b", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "6543",
                "NAME": "case s", "OPTIONS": {"sslmode": "require"},
            },
        ),
        ("postgresql://u@[::1]/n", {"HOST": "::1", "PORT": "", "OPTIONS": {}}),
    ],
)  # fmt: skip
def test_django_settings(url: str, expected: dict[str, object]) -> None:
    settings = django_settings(url)
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert {key: settings[key] for key in expected} == expected


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://user@host/", "nonsense"])
def test_other_kinds_of_url_end_with_a_sentence(url: str) -> None:
    with pytest.raises(SystemExit, match="Probity needs PostgreSQL"):
        django_settings(url)
