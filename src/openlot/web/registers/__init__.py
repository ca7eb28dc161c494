"""The two registers (两库)."""
