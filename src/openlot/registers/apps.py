"""The two registers as an app: who leaves a department leaves its register."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The two registers (两库)."""

    name = "openlot.registers"

    def ready(self) -> None:
        """Let leaving act on the register in every process, whatever it imports."""
        import_module("openlot.registers.services.leaving")
