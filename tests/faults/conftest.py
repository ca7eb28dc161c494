"""Copies of the city for power failures."""

from __future__ import annotations

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
    made = Copies(tmp_path)
    try:
        yield made
    finally:
        made.drop_all()
