"""Run as ``python -m openlot_witness``."""

from openlot_witness.cli import entry

entry()
