"""What a verification found (核验报告)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from fairdraw.errors import FairdrawError
from fairdraw.lines import file_digest
from fairdraw.words import Words, placed, term

MARKS = {None: "skip", True: "ok  ", False: "FAIL"}


@dataclass(frozen=True)
class Check:
    """One thing that was checked (核验项); ``ok`` None means that it could not be checked."""

    name: str
    ok: Optional[bool]
    words: Words
    file: str = ""
    line: int = 0

    @property
    def detail(self) -> str:
        """What was found, in English."""
        return self.words.say()

    def say(self, lang: str = "en") -> str:
        """Return the check as one line (核验结论) in a language."""
        text = placed(self.words.say(lang), self.file, self.line)
        return f"{term(MARKS[self.ok], lang)} {term(self.name, lang)}: {text}"


def check(
    name: str,
    ok: Optional[bool],
    template: str,
    *,
    file: str = "",
    line: int = 0,
    **values: object,
) -> Check:
    """Return a check (核验项) that says one sentence."""
    return Check(name, ok, Words(template, values), file, line)


def failure(name: str, act: Callable[[], None]) -> Optional[Check]:
    """Return the failed check (不一致) that the refusal of an act means, None without one."""
    try:
        act()
    except FairdrawError as error:
        return Check(name, False, error.words, error.file, error.line)
    return None


def same_digest(data: bytes, file: str, digest: str, suite: str = "sha256") -> Check:
    """Compare a file with the digest that was announced for it (核对校验码)."""
    found = file_digest(data, suite)
    if found == digest:
        return check("digest", True, "digest {digest}", file=file, digest=digest)
    template = "digest is {found}, announced is {digest}"
    return check("digest", False, template, file=file, found=found, digest=digest)


@dataclass(frozen=True)
class Report:
    """All checks of one verification (核验报告)."""

    checks: Tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(check.ok is not False for check in self.checks)
