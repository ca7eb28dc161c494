"""Finding a target among a million by a part of its name, by initials, or by its code.

Every name is kept also as its single characters and neighbouring pairs; both databases index those
words (SQLite by FTS5, PostgreSQL by GIN), which answers two-character Chinese words at once, where
trigrams cannot and a scan takes a third of a second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Lookup, Q, QuerySet, TextField
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from openlot.registers.models import InspectionTarget

_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z-]{4,}")
_WORD = re.compile(r"[^\W_]")


def initials(name: str) -> str:
    """Return the pinyin initials of a name (拼音首字母), for searching."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))[:120]


def searchable(name: str) -> dict[str, str]:
    """Return the columns of a target that its name is found by (检索列)."""
    letters = initials(name)
    words = dict.fromkeys([*grams(name, 1), *grams(name, 2), *grams(letters, 2)])
    return {"name_initials": letters, "search_words": " ".join(words)}


def find_targets(rows: QuerySet[InspectionTarget], text: str) -> QuerySet[InspectionTarget]:
    """Narrow targets to those that answer to what somebody typed (检索).

    Codes come in their own order: half a register may share the letters typed, and only the index
    that finds them gives the first page without sorting them all.
    """
    code = text.upper()
    if _CODE.fullmatch(code):
        return rows.filter(code__gte=code, code__lt=code + "\U0010ffff").order_by("code", "pk")
    return rows.filter(_named(text))


def _named(text: str) -> Q:
    size = 1 if len(text) == 1 else 2
    words = [word for part in text.split() for word in grams(part, size)]
    condition = Q(search_words__words=tuple(words)) if words else Q()
    for part in text.split():
        condition &= Q(name__icontains=part) | Q(name_initials__icontains=part)
    return condition


def grams(text: str, size: int) -> list[str]:
    """Return the runs of ``size`` letters or digits of a text (n 元字串), in lower case."""
    letters = [c.lower() if _WORD.match(c) else " " for c in text]
    found = ["".join(letters[n : n + size]) for n in range(len(letters) - size + 1)]
    return [gram for gram in found if " " not in gram]


@TextField.register_lookup
class Words(Lookup):
    """All of some words stand in a column of words (包含全部检索词), asked of the index."""

    lookup_name = "words"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the GIN index."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"string_to_array({column}, ' ') @> %s", [*parameters, list(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the FTS5 index, which carries the row's id."""
        found = "IN (SELECT rowid FROM registers_targetwords WHERE registers_targetwords MATCH %s)"
        return f'"{self.lhs.alias}"."id" {found}', [" ".join(f'"{word}"' for word in self.rhs)]
