"""Chance that comes out the same each time: whoever finds a city that breaks a test can build it again."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

CITY = os.environ.get("CITY", "1")


@contextmanager
def dealt(seed: str) -> Iterator[random.Random]:
    """Let keys, salts, values and numbers come from ``seed`` instead of the machine's chance."""
    chance = random.Random(seed)  # a test wants what nobody else may have
    with patch.multiple(
        secrets,
        choice=chance.choice,
        randbelow=chance.randrange,
        token_bytes=chance.randbytes,
        token_hex=lambda n=32: chance.randbytes(n).hex(),
    ):
        yield chance


if __name__ == "__main__":
    from openlot.__main__ import main

    with dealt(CITY):
        main()
