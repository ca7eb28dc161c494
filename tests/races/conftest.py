"""Copies of the city for races, and threads that give way to each other at every step."""

from __future__ import annotations

import sys

import pytest
from copies import copies, db

__all__ = ["copies", "db", "impatient"]


@pytest.fixture(autouse=True)
def impatient():
    """Let threads take turns a thousand times as often as usual."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)
