"""Inspection tasks (抽查任务)."""
