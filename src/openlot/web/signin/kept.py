"""What waits after a session ran out (未提交的内容), in words: nobody reads names of the machine room."""

from __future__ import annotations

from openlot.kernel.marks import listed
from openlot.web.page import Text
from openlot.web.trail.fields import units_by_code, value_words
from openlot.web.trail.labels import LABELS


def typed(fields: dict[str, list[str]]) -> tuple[list[tuple[Text, str]], int]:
    """Return what was typed, by the names on the screen (已填内容), and how many more fields wait."""
    filled = {name: [v for v in values if v.strip()] for name, values in fields.items()}
    filled = {name: values for name, values in filled.items() if values}
    units = units_by_code()
    known = [
        (LABELS[name], listed(value_words(name, text, units) for text in values))
        for name, values in filled.items()
        if name in LABELS
    ]
    return known, len(filled) - len(known)
