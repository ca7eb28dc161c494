"""Named public events (具名公共事件): lotteries whose numbers nobody in the city can choose."""

from __future__ import annotations

import re
from dataclasses import dataclass

ISSUE = re.compile(r"[0-9]{5,8}")


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """A lottery (开奖) as the protocol writes its numbers: from, to, how many, in which order."""

    code: str
    name: str
    low: int
    high: int
    count: int
    order: str

    def param(self, issue: str) -> str:
        """Return the parameter of a ``numbers`` source (来源参数) for one issue.

        raises    ValueError for an issue that is no number
        paper     vdr1 §5.2
        """
        if not ISSUE.fullmatch(issue):
            raise ValueError(issue)
        return f"{self.low}-{self.high}:{self.count}:{self.order}:{self.code}.{issue}"


EVENTS = {
    event.code: event
    for event in (
        PublicEvent("KL8", "福彩快乐8", 1, 80, 20, "sorted"),
        PublicEvent("PL5", "体彩排列5", 0, 9, 5, "ordered"),
        PublicEvent("FC3D", "福彩3D", 0, 9, 3, "ordered"),
    )
}


def written(text: str, param: str) -> str:
    """Return drawn numbers (开奖号码) as the protocol writes them, however they were typed.

    >>> written("7 12、3", "1-80:3:sorted:KL8.2026311")
    '03.07.12'
    """
    span, _count, order, _event = param.split(":", 3)
    width = len(span.split("-")[1])
    numbers = re.findall(r"[0-9]+", text)
    if order == "sorted":
        numbers.sort(key=int)
    return ".".join(number.lstrip("0").rjust(width, "0") for number in numbers)
