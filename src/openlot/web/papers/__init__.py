"""Printing the papers (制发检查文书)."""
