"""Names for things that leave the database: short, unguessable, easy to read aloud."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def public_id() -> str:
    """Return a new public number (对外编号): 12 characters of 30, about 59 bits."""
    return _word(LENGTH)


def check_code() -> str:
    """Return a new check code (查验码): 16 characters of 30, about 78 bits."""
    return _word(16)


def _word(length: int) -> str:
    """Return random letters out of one random number: a file needs thousands of names."""
    base = len(ALPHABET)
    number, letters = secrets.randbelow(base**length), []
    for _place in range(length):
        number, letter = divmod(number, base)
        letters.append(ALPHABET[letter])
    return "".join(letters)
