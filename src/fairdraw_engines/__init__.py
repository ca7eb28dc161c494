"""The draw where the register lies: the same bytes as the core, in engines made for large tables."""
