"""Reading and writing the files that offices exchange (数据交换)."""
