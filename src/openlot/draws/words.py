"""Sentences of the core in the reader's language (核心用语)."""

from __future__ import annotations

from django.utils.translation import get_language

from fairdraw.words import Words


def said(words: Words) -> str:
    """Return a sentence of the core as the reader's language has it (按界面语言表述)."""
    return words.say("zh" if (get_language() or "zh").startswith("zh") else "en")
