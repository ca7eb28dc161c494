"""What broke (故障记录), for whoever mends the platform, who need not read about persons."""

from __future__ import annotations

import logging
import re
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def without_rows(trace: str) -> str:
    """Return a traceback without the rows that a database quotes in it (去除数据内容)."""
    return re.sub(r"(?m)^DETAIL:.*$", "DETAIL: …", trace)


class Plain(logging.Formatter):
    """Writes a failure of a site with its traceback (故障日志): no query, no form, no row."""

    def formatException(self, ei: Raised) -> str:  # the base's name
        """Return the traceback."""
        return without_rows(super().formatException(ei))
