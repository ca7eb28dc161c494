"""Reading the environment, failing loudly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


def env_str(name: str, default: str | None = None) -> str:
    """Return a setting (配置项) from ``NAME`` or the file that ``NAME_FILE`` names.

    raises    SystemExit when it is needed and missing
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise SystemExit(f"The environment variable {name} is needed; see docs/operations.md.")
    return value


def env_int(name: str, default: int) -> int:
    """Return a whole number (整数配置项) from the environment."""
    text = env_str(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {text!r}.") from None


def database(url: str, *, read_only: bool = False) -> dict[str, Any]:
    """Return Django's settings of the database (数据库) at ``url``.

    url       ``sqlite:///relative/or//absolute/path`` or ``postgresql://user:word@host:port/name``
    raises    SystemExit for any other scheme
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")), read_only=read_only)
    if parts.scheme in {"postgresql", "postgres"}:
        options = {"options": "-c default_transaction_read_only=on"} if read_only else {}
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or query.get("host", "")),
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 60,
            "OPTIONS": options,
        }
    raise SystemExit("DATABASE_URL must begin with sqlite:/// or postgresql://")


def _sqlite(path: str, *, read_only: bool) -> dict[str, Any]:
    # A WAL file cannot be opened with mode=ro when no writer has it open: query_only refuses writes.
    # FULL: after a power cut the signer must not remember more than the database.
    # What undoes part of a transaction stays in memory: a file for it made each event twice as dear.
    pragmas = "PRAGMA query_only=ON;" if read_only else "PRAGMA journal_mode=WAL;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            **({} if read_only else {"transaction_mode": "IMMEDIATE"}),
            "init_command": f"{pragmas}PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
            "PRAGMA temp_store=MEMORY;",
        },
    }
