"""Copies of the city for power failures."""

from copies import copies, db

__all__ = ["copies", "db"]
