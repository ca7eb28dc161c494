"""The demo city's targets and inspectors (演示对象与人员), drawn from a seeded stream."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from openlot.ops.demo.words import (
    BRANDS,
    DEPARTMENT_TRADES,
    GIVEN,
    ROADS,
    SURNAMES,
    TRADES,
)
from openlot.registers.rows import TargetRow
from openlot.rules.credit_code import ALPHABET, make_registration_no, make_uscc

SHARED = 75
KIND_PREFIX = {"enterprise": "91", "self_employed": "92", "cooperative": "93"}


class Chance:
    """A stream of numbers from a seed (演示随机流): SHA-256 in counter mode, not a library's."""

    def __init__(self, seed: str) -> None:
        self.seed = seed.encode()
        self.counter = 0
        self.pool = b""

    def below(self, n: int) -> int:
        """Return a number from 0 to n-1; 32 bits each, good enough for scenery."""
        if len(self.pool) < 4:
            self.pool = hashlib.sha256(self.seed + self.counter.to_bytes(8, "big")).digest()
            self.counter += 1
        word, self.pool = self.pool[:4], self.pool[4:]
        return int.from_bytes(word, "big") % n

    def pick(self, options: Sequence[str]) -> str:
        """Return one of the options."""
        return options[self.below(len(options))]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return an index with chance in proportion to its weight."""
        at = self.below(sum(weights))
        for index, weight in enumerate(weights):
            at -= weight
            if at < 0:
                return index
        return len(weights) - 1


def person(chance: Chance) -> str:
    """Return a made-up name (姓名)."""
    return chance.pick(SURNAMES) + chance.pick(GIVEN)


class City:
    """The businesses of the demo city by trade (演示城市的经营主体).

    A business stands in the register of every department that oversees it, so most of what a
    department keeps is known to another already.
    """

    def __init__(self, regions: list[tuple[str, str]], seed: str) -> None:
        self.regions = regions
        self.seed = seed
        self.known: dict[str, list[TargetRow]] = defaultdict(list)

    def register(self, department: str, count: int) -> Iterator[TargetRow]:
        """Yield the target rows of a department's register (检查对象)."""
        chance = Chance(f"{self.seed}|targets|{department}")
        known = {trade: list(rows) for trade, rows in self.known.items()}
        for number in range(1, count + 1):
            trade = chance.pick(DEPARTMENT_TRADES[department])
            shared = known.get(trade)
            if shared and chance.below(100) < SHARED:
                at = chance.below(len(shared))
                shared[at], shared[-1] = shared[-1], shared[at]
                yield replace(shared.pop(), row=number + 1)
            else:
                made = _target(trade, number, chance, self.regions)
                self.known[trade].append(made)
                yield made


def _target(trade: str, number: int, chance: Chance, regions: list[tuple[str, str]]) -> TargetRow:
    industry, word, licence, kinds = TRADES[trade]
    kind = ("enterprise", "self_employed", "cooperative")[chance.weighted(kinds)]
    region_code, region = regions[chance.below(len(regions))]
    brand = "".join(chance.pick(BRANDS) for _ in range(3))
    name = f"界首市{brand}{word}"
    if kind == "self_employed" and word.endswith("有限公司"):
        name = f"界首市{brand}{word.removesuffix('有限公司')}经营部"
    old = kind == "self_employed" and chance.below(1000) < 8
    serial = "MA" + "".join(chance.pick(ALPHABET) for _ in range(6))
    status = ("existing", "in_business", "cancelled", "revoked", "moved_out", "dormant")[
        chance.weighted((600, 370, 12, 6, 6, 6))
    ]
    founded = date(2008, 1, 1) + timedelta(days=chance.below(6200))
    credit = "ABCD"[chance.weighted((73, 19, 5, 3))]
    return TargetRow(
        row=number + 1,
        name=name,
        uscc="" if old else make_uscc(KIND_PREFIX[kind], "341282", serial),
        registration_no=make_registration_no("341282", chance.below(90_000_000)) if old else "",
        kind=kind,
        registration_status=status,
        founded_on=founded,
        address=f"安徽省阜阳市界首市{region}{chance.pick(ROADS)}{chance.below(400) + 1}号",
        region_code=region_code,
        industry=industry,
        licence_name=licence,
        licence_no=f"JY1341282{chance.below(10**7):07d}" if licence else "",
        licence_valid_to_on=date(2027, 1, 1) + timedelta(days=chance.below(1500))
        if licence
        else None,
        credit_class=credit,
        legal_representative=person(chance),
        phone=f"1{3 + chance.below(7)}{chance.below(10**9):09d}",
    )
