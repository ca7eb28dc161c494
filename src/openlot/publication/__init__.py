"""Public snapshots (公示)."""
