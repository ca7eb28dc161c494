"""Filling the papers from what is stored (制发检查文书)."""
