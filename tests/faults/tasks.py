"""Jobs whose effects can be counted: a table without any constraint, so that twice would show."""

from __future__ import annotations

import time

from django.db import connection
from django_tasks import task

from openlot.jobs.backend import STEPS

TABLE = "CREATE TABLE effects (n integer NOT NULL)"
WORK_SECONDS = 0.01


def _effect(n: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effects (n) VALUES (%s)", [n])


@task
def once(n: int) -> None:
    """Have an effect, and go on for a while before the end."""
    _effect(n)
    time.sleep(WORK_SECONDS)


@task(queue_name=STEPS)
def apart(n: int) -> None:
    """Have an effect in a transaction of its own, and compare nothing: the negative control."""
    _effect(n)
    time.sleep(WORK_SECONDS)
