"""Results (检查结果), their review and their clocks."""
