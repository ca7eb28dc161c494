"""Marks between words (标点), as the reader's language writes them.

What is stored, sealed or published keeps the marks that it was written with.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(words: Iterable[object]) -> str:
    """Join the members of a list (并列成分)."""
    return pgettext("mark", "、").join(map(str, words))


def clauses(words: Iterable[object]) -> str:
    """Join what is said one thing after the other (分句)."""
    return pgettext("mark", "；").join(map(str, words))


def aside(word: object, more: object) -> str:
    """Return a word with what explains it in brackets (括注)."""
    return pgettext("mark", "%(word)s（%(more)s）") % {"word": word, "more": more}


def told_as(label: object, value: object) -> str:
    """Return a value behind what it is called (标签与内容)."""
    return f"{label}{pgettext('mark', '：')}{value}"
