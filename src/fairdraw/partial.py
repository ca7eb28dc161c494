"""What a copy without its roster (公开副本) still shows of the matching."""

from __future__ import annotations

from typing import Dict, List, Set

from fairdraw.eligible import Place
from fairdraw.errors import BadResult, FairdrawError
from fairdraw.lines import expect, fields_of, hexadecimal, hx, integer, token

FILE = "result.vdr"
REASONS = ("already-in-team", "full", "would-block")


def check_matching(
    lines: List[bytes], start: int, seed: str, queue: List[Place], suite: str
) -> None:
    """Refuse matching lines that cannot be of this draw (核对匹配部分), whoever is on the roster.

    Every place is filled once, in the order of the rule; nobody twice on a target; picks are
    what their names give.

    lines     of the whole result; the matching begins at ``start``
    raises    FairdrawError with file and line
    """
    at = start
    try:
        fields = _at(lines, at)
        if expect(fields, 2)[0] != "ceiling":
            raise BadResult(
                "expected a {wanted} line, found {word!r}", wanted="ceiling", word=fields[0]
            )
        if fields[1] == "-":
            queue = []
        else:
            integer(fields[1], "ceiling", 1)
        teams: Dict[str, Set[str]] = {}
        for place in queue:
            passed: Set[str] = set()
            team = teams.setdefault(place.target, set())
            man = False
            while not man:
                at += 1
                man = _take(_at(lines, at), place, passed, team, seed, suite)
        at += 1
        if _at(lines, at) != ["end"] or len(lines) != at + 1:
            raise BadResult("the result does not end where it should")
    except FairdrawError as error:
        raise error.at(FILE, at + 1) from None


def _at(lines: List[bytes], at: int) -> List[str]:
    if at >= len(lines):
        raise BadResult("the result does not end where it should")
    return fields_of(lines[at])


def _take(
    fields: List[str], place: Place, passed: Set[str], team: Set[str], seed: str, suite: str
) -> bool:
    """Take one line of a place; say whether it was the last."""
    man = fields[0] == "man"
    expect(fields, 6 if man else 5)
    if fields[0] not in ("man", "skip") or fields[1:3] != [place.target, place.slot.k]:
        raise BadResult(
            "a line of {target} and {k} should stand here", target=place.target, k=place.slot.k
        )
    who = token(fields[3], "inspector")
    if who in passed or (man and who in team):
        raise BadResult("{inspector} stands here twice", inspector=who)
    passed.add(who)
    if not man:
        if fields[4] not in REASONS:
            raise BadResult("{reason!r} is no reason to skip", reason=fields[4])
        return False
    pick = hx(f"vdr1|pick|{seed}|{place.target}|{place.slot.k}|{who}", suite)
    if hexadecimal(fields[4], 64, "pick") != pick:
        raise BadResult("recomputed {wanted!r}, found {found!r}", wanted=pick, found=fields[4])
    integer(fields[5], "count", len(passed))
    team.add(who)
    return True
