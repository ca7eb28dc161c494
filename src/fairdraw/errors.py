"""What can be wrong with a file of the protocol, said with file, line and reason."""

from __future__ import annotations

from typing import TypeVar

from fairdraw.words import Words, placed

Self = TypeVar("Self", bound="FairdrawError")


class FairdrawError(Exception):
    """A refusal (规程错误) of something that the protocol calls invalid.

    template    a sentence of :mod:`fairdraw.words`; ``values`` fill it
    """

    def __init__(self, template: str, *, file: str = "", line: int = 0, **values: object) -> None:
        self.words = Words(template, values)
        self.file = file
        self.line = line
        super().__init__(template)

    @property
    def reason(self) -> str:
        """The reason (原因) in English, without its place."""
        return self.words.say()

    def say(self, lang: str = "en") -> str:
        """Return place and reason (位置与原因) in a language."""
        return placed(self.words.say(lang), self.file, self.line)

    def __str__(self) -> str:
        return self.say()

    def at(self: Self, file: str, line: int = 0) -> Self:
        """Return the same refusal with its place (位置) filled in where it is still empty."""
        template, values = self.words
        return type(self)(template, file=self.file or file, line=self.line or line, **values)


class BadText(FairdrawError):
    """Bytes that are not a line file (格式错误)."""


class BadFrame(FairdrawError):
    """A frame that breaks a rule (名单错误)."""


class BadRoster(FairdrawError):
    """A roster that breaks a rule (人员名册错误)."""


class BadAnnouncement(FairdrawError):
    """An announcement that breaks a rule or does not follow from its frames (公告错误)."""


class BadOpening(FairdrawError):
    """An opening whose values do not fit their sources (启封错误)."""


class BadRecord(FairdrawError):
    """A later act that breaks a rule or follows from nothing (后续记录错误)."""


class BadResult(FairdrawError):
    """A result file that cannot be read (结果错误)."""


class BadBundle(FairdrawError):
    """A bundle that cannot be read (证据包错误)."""


class BadNote(FairdrawError):
    """A note, checkpoint, tile or proof of the log that cannot be read or trusted (存证文件错误)."""
