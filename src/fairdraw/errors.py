"""What can be wrong with a file of the protocol, said with file, line and reason."""

from __future__ import annotations


class FairdrawError(Exception):
    """A refusal (规程错误) of something that the protocol calls invalid."""

    def __init__(self, reason: str, *, file: str = "", line: int = 0) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        super().__init__(reason)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return place + self.reason

    def at(self, file: str, line: int = 0) -> FairdrawError:
        """Return the same refusal with its place (位置) filled in where it is still empty."""
        return type(self)(self.reason, file=self.file or file, line=self.line or line)


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


class BadResult(FairdrawError):
    """A result file that cannot be read (结果错误)."""


class BadBundle(FairdrawError):
    """A bundle that cannot be read (证据包错误)."""
