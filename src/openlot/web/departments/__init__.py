"""Departments and the duties they name (部门与专人)."""
