"""Inspections (检查)."""
