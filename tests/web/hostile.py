"""Words that nobody types by mistake: for every field of either site."""

from __future__ import annotations

HOSTILE = (
    "\0",
    "9" * 30,
    "9" * 5_000,
    "²",
    "-" * 3 + "name",
    "'\";--<script>%s{{7*7}}",
    "\r\nSet-Cookie: a=b",
    "\u202e\ufffe" + "长" * 4_000,
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "../../etc/passwd",
)
