"""Which database to use, from the environment alone; nothing is started here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from foundation.home import home as default_home

from .places import socket_folder

DATABASE = "probity"
APP_ROLE = "probity_app"
OWNER_ROLE = "probity_owner"
SUPERUSER = "postgres"
PORT = 5432


@dataclass(frozen=True)
class DatabaseUrls:
    """``app`` serves, ``owner`` migrates; they are equal where only one role was given."""

    app: str
    owner: str
    app_role: str
    embedded: bool


def resolve(environ: Mapping[str, str] | None = None) -> DatabaseUrls:
    """DATABASE_URL and DATABASE_OWNER_URL, else the embedded cluster of PROBITY_HOME.

    The embedded URLs follow from the home's path and hold before the cluster exists.
    PROBITY_APPLICATION_ROLE names the serving role where DATABASE_URL carries the owner's.
    """
    environ = os.environ if environ is None else environ
    app = environ.get("DATABASE_URL", "").strip()
    owner = environ.get("DATABASE_OWNER_URL", "").strip()
    role = environ.get("PROBITY_APPLICATION_ROLE", "").strip()
    if app:
        return DatabaseUrls(
            app=app, owner=owner or app, app_role=role or user_of(app), embedded=False
        )
    given = environ.get("PROBITY_HOME", "").strip()
    home = Path(given).expanduser().absolute() if given else default_home()
    return DatabaseUrls(
        app=embedded_url(home, role=APP_ROLE),
        owner=embedded_url(home, role=OWNER_ROLE),
        app_role=role or APP_ROLE,
        embedded=True,
    )


def embedded_url(home: Path, *, role: str, database: str = DATABASE) -> str:
    """The URL of the embedded cluster of ``home`` for one role."""
    query = urlencode({"host": str(socket_folder(home))}, safe="/", quote_via=quote)
    return f"postgresql://{role}@/{database}?{query}"


def user_of(url: str) -> str:
    """The role in a URL; empty when it names none."""
    return unquote(urlsplit(url).username or "")


def django_settings(url: str) -> dict[str, Any]:
    """One entry of Django's DATABASES for a postgresql:// URL.

    Query parameters become OPTIONS, except host and port. Raises SystemExit with a sentence when
    the URL is of another kind or names no database.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise SystemExit(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name."
            " Probity needs PostgreSQL."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "") or (str(parts.port) if parts.port else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": dict(options),
    }
