"""Commands of the platform and the demo city."""
