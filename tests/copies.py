"""Copies of the city's database, and people who act on one copy, each by a connection of their own."""

from __future__ import annotations

import contextvars
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

Act = Callable[[], object]
Person = Callable[[], Act]
PATIENCE = 120


@dataclass
class Outcome:
    """What came of one person's act."""

    value: object = None
    error: BaseException | None = None


class Copies:
    """Makes databases that begin as the city, or as another copy, stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[str] = []
        self.home = str(connection.settings_dict["NAME"])

    def take(self, source: str | None = None) -> str:
        """Return the name of a new copy of ``source``, or of the city."""
        if connection.vendor == "sqlite":
            name = str(self.folder / f"{uuid.uuid4().hex}.sqlite3")
            self._copy_file(source, name)
        else:
            name = f"copy_{uuid.uuid4().hex}"
            if source is None:
                connection.close()
            self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{source or self.home}"')
        self.made.append(name)
        return name

    def drop(self, name: str) -> None:
        """Remove a copy."""
        if connection.vendor == "sqlite":
            for path in Path(name).parent.glob(f"{Path(name).name}*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            self._tell(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.made.remove(name)

    def drop_all(self) -> None:
        """Remove all copies."""
        for name in list(self.made):
            self.drop(name)

    def _copy_file(self, source: str | None, name: str) -> None:
        if source is None:
            connection.ensure_connection()
        origin = connection.connection if source is None else sqlite3.connect(source)
        target = sqlite3.connect(name)
        origin.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
        target.close()
        if source is not None:
            origin.close()

    def _tell(self, statement: str) -> None:
        known = connection.settings_dict
        with psycopg.connect(
            host=known["HOST"],
            port=known["PORT"] or None,
            user=known["USER"],
            password=known["PASSWORD"] or None,
            dbname="postgres",
            autocommit=True,
        ) as server:
            server.execute(statement)


@contextmanager
def pointing_at(name: str) -> Iterator[None]:
    """Let new connections lead to a copy."""
    known = connections.settings["default"]
    home, known["NAME"] = known["NAME"], name
    try:
        yield
    finally:
        known["NAME"] = home


def act_on(name: str, act: Act, patience: float = PATIENCE) -> Any:
    """Run ``act`` on a copy and return what it returns."""
    (outcome,) = race(name, [lambda: act], patience)
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def race(name: str, people: Sequence[Person], patience: float = PATIENCE) -> list[Outcome]:
    """Let all look at the same state, then act at the same instant, each in a thread."""
    outcomes = [Outcome() for _person in people]
    start = threading.Barrier(len(people))

    def run(number: int) -> None:
        try:
            act = people[number]()
        except BaseException:
            start.abort()
            raise
        start.wait(PATIENCE)
        try:
            outcomes[number].value = act()
        except Exception as error:  # how it failed is an outcome as well
            outcomes[number].error = error
        finally:
            connection.close()

    with pointing_at(name):
        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(run, number))
            for number in range(len(people))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(patience)
    assert not any(thread.is_alive() for thread in threads), "somebody is still at it"
    return outcomes


@pytest.fixture
def db(django_db_setup, django_db_blocker):
    """Open the city's database without a transaction around the test."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def copies(db, tmp_path, today):
    """Return a maker of copies; they are gone after the test."""
    made = Copies(tmp_path)
    try:
        yield made
    finally:
        made.drop_all()
