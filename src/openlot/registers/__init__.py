"""The registers of targets and inspectors (两库)."""
