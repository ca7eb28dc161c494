"""The language of the record (存档语言): what is stored, sealed, published or printed is in it.

Whoever acts may read another; the record of one act is the same bytes from everybody's hand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

P = ParamSpec("P")
T = TypeVar("T")


def recorded(words: Promise) -> str:
    """Return lazy words as the record keeps them (存档文字)."""
    with override(settings.LANGUAGE_CODE):
        return str(words)


def on_record(make: Callable[P, T]) -> Callable[P, T]:
    """Let a function put words together in the language of the record (存档内容)."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        with override(settings.LANGUAGE_CODE):
            return make(*args, **kwargs)

    return made
