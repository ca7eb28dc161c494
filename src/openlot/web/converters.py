"""How addresses name things (地址编号)."""

from __future__ import annotations

from openlot.kernel import ids


class PublicIdConverter:
    """The public number in an address (对外编号)."""

    regex = ids.PATTERN

    def to_python(self, value: str) -> str:
        """Return the number as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the number as it stands."""
        return value
