"""Finding a region (行政区划) from what a sheet says."""

from __future__ import annotations

from collections.abc import Mapping


def match_region(text: str, names: Mapping[str, str]) -> str:
    """Return the code (区划代码) of a name or code, or an empty text when it is unknown.

    names     name to nine-digit code
    """
    plain = "".join(text.split())
    if plain in names.values():
        return plain
    return names.get(plain, "")
