"""The item list (随机抽查事项清单)."""
