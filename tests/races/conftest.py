"""Copies of the city for races."""

from __future__ import annotations

import sys

import pytest
from copies import Copies


@pytest.fixture
def db(django_db_setup, django_db_blocker):
    """Open the city's database without a transaction around the test."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def copies(db, tmp_path, today):
    """Return a maker of copies; they are gone after the test."""
    interval = sys.getswitchinterval()
    made = Copies(tmp_path)
    sys.setswitchinterval(1e-5)
    try:
        yield made
    finally:
        sys.setswitchinterval(interval)
        made.drop_all()
