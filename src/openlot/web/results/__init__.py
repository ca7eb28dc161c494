"""Results (检查结果)."""
