"""Re-matching (回避改派): one place again by the rule, after a late recusal, all others fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

from fairdraw.eligible import Place, Pool
from fairdraw.errors import BadRecord, FairdrawError
from fairdraw.lines import hexadecimal, integer, token, write
from fairdraw.match import Man, Matching, Ranking, Skip
from fairdraw.records import Cursor, check_head, check_same
from fairdraw.roster import Recusal, Roster

SKIPS = ("already-in-team", "full")


@dataclass(frozen=True)
class Rematch:
    """One place that was matched again (改派记录), why, and who was passed over."""

    rdigest: str
    number: int
    reason: str
    doc: str
    skips: Tuple[Skip, ...]
    man: Man

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"rematch-{self.number}.vdr"

    def to_bytes(self) -> bytes:
        """Return the record's file (改派文件)."""
        place = f"{self.man.target}|{self.man.k}"
        return write(
            [
                f"vdr1|rematch|{self.rdigest}|{self.number}|{place}|{self.reason}|{self.doc}",
                *(skip.line() for skip in self.skips),
                self.man.line(),
                "end",
            ]
        )

    @classmethod
    def parse(cls, data: bytes, file: str) -> Rematch:
        """Read a re-matching (读取改派记录).

        raises    FairdrawError with file, line and reason
        """
        cursor = Cursor(data, file)
        try:
            head = cursor.head("rematch", 8)
            hexadecimal(head[2], 64, "result digest")
            integer(head[3], "number", 1)
            for text, what in zip(head[4:7], ("target", "slot", "reason")):
                token(text, what)
            hexadecimal(head[7], 64, "document digest")
            skips = tuple(_skip(fields, head[4:6]) for fields in cursor.take_all("skip", 5))
            man = _man(cursor.take("man", 6), head[4:6])
            cursor.end()
        except FairdrawError as error:
            raise error.at(file, cursor.line) from None
        return cls(head[2], int(head[3]), head[6], head[7], skips, man)


def _skip(fields: List[str], place: List[str]) -> Skip:
    token(fields[3], "inspector")
    if fields[1:3] != place or fields[4] not in SKIPS:
        raise BadRecord("the line is of another place or names no reason to skip")
    return Skip(*fields[1:])


def _man(fields: List[str], place: List[str]) -> Man:
    if fields[1:3] != place:
        raise BadRecord("the line is of another place or names no reason to skip")
    if fields[3:] != ["-", "-", "0"]:
        token(fields[3], "inspector")
        hexadecimal(fields[4], 64, "pick")
    return Man(place[0], place[1], fields[3], fields[4], integer(fields[5], "count"))


class Standing:
    """Who stands where (在岗情况) after the re-matchings so far; each one changes it."""

    def __init__(
        self,
        seed: str,
        places: Dict[str, List[Place]],
        matching: Matching,
        roster: Roster,
        slack: int,
        suite: str,
        rdigest: str,
    ) -> None:
        self._seed = seed
        self._suite = suite
        self._rdigest = rdigest
        self._roster = roster
        self._limit = [min(i.cap, (matching.ceiling or 0) + slack) for i in roster.inspectors]
        self._places = {(p.target, p.slot.k): p for at in places.values() for p in at}
        self._holder = {(m.target, m.k): m.inspector for m in matching.men}
        self._late: List[Recusal] = []
        self.n_rematched = 0

    def rematch(self, target: str, k: str, *, reason: str, doc: str) -> Rematch:
        """Match one place again (改派): its holder is recused from the target from now on.

        doc       SHA-256 of the evidence
        raises    BadRecord when nobody was matched to the place
        """
        if (target, k) not in self._holder:
            raise BadRecord("{target} has no place {k} that was matched", target=target, k=k)
        leaving = self._holder.pop((target, k))
        if leaving != "-":
            self._late.append(Recusal(leaving, target, "late", "0" * 32))
        pool = Pool(self._roster, self._late)
        ranking = Ranking(self._seed, pool, self._suite)
        numbers = {person.id: n for n, person in enumerate(pool.people)}
        team = set()
        for (held, _), name in self._holder.items():
            if name != "-":
                ranking.give(numbers[name])
                if held == target:
                    team.add(numbers[name])
        place = self._places[target, k]
        choice = pool.choice(place)
        skips: List[Skip] = []
        man = Man(target, k, "-", "-", 0)
        for pick, who in ranking.candidates(place, choice):
            name = pool.people[who].id
            if who not in team and ranking.given[who] < self._limit[who]:
                man = Man(target, k, name, pick, choice.size)
                break
            skips.append(Skip(target, k, name, SKIPS[0] if who in team else SKIPS[1]))
        self._holder[target, k] = man.inspector
        self.n_rematched += 1
        return Rematch(self._rdigest, self.n_rematched, reason, doc, tuple(skips), man)

    def check(self, record: Rematch, file: str) -> None:
        """Refuse a record that does not follow from those before it (核对改派).

        raises    BadRecord with file and line
        """
        check_head(
            record.rdigest,
            record.number,
            file,
            wanted=self._rdigest,
            following=self.n_rematched + 1,
        )
        try:
            made = self.rematch(
                record.man.target, record.man.k, reason=record.reason, doc=record.doc
            )
        except FairdrawError as error:
            raise error.at(file, 1) from None
        check_same(made.to_bytes(), record.to_bytes(), file)
