"""The lines of an announcement (公告各行) as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class DocLine:
    """A document that the draw is bound to (附件); always SHA-256."""

    name: str
    digest: str


@dataclass(frozen=True)
class FrameLine:
    """A sealed list (名单)."""

    fid: str
    lane: str
    root: str
    size: int
    digest: str


@dataclass(frozen=True)
class StratumLine:
    """A stratum (层), its rule and the counts that follow."""

    fid: str
    stratum: str
    eligible: int
    rule: str
    n: int
    reserve: int


@dataclass(frozen=True)
class StratumRule:
    """What is decided about a stratum (抽取规则) before anything is counted."""

    fid: str
    stratum: str
    rule: str
    reserve: int = 0


@dataclass(frozen=True)
class ExcludedLine:
    """How many entries one reason excludes (排除数)."""

    fid: str
    disp: str
    count: int


@dataclass(frozen=True)
class RosterLine:
    """The sealed roster (人员名册)."""

    root: str
    size: int
    digest: str
    slack: int


@dataclass(frozen=True)
class Slot:
    """A place to fill at every hit target of a frame (人员席位)."""

    fid: str
    k: str
    dept: str
    tags: Tuple[str, ...]
    region: str


@dataclass(frozen=True)
class Source:
    """A contribution to the seed (随机数来源), before its value is known."""

    index: int
    id: str
    type: str
    param: str
