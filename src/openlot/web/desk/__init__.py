"""The desk (工作台)."""
