"""A report says, check by check, what was looked at, what was left open, and where it stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from unit.fairdraw import draws

from fairdraw.announce import Announcement
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, Examination, verify
from fairdraw.report import MARKS
from fairdraw.sums import sealed

HEAD = """
ok announcement announcement.vdr
ok embargo announcement.vdr
ok entropy announcement.vdr
"""
DRAWN = """
ok counts announcement.vdr
ok opening opening.vdr
ok result result.vdr
"""
REPORTS = {
    "lanes": f"""{HEAD}
ok list SHA256SUMS
ok digest frame-F1.vdr
ok digest frame-F2.vdr
ok digest roster.vdr
ok digest docs/rules
{DRAWN}
ok outcome outcome.vdr
ok public edition public.vdr""",
    "sealed-reserve": f"""{HEAD}
ok list SHA256SUMS
ok digest frame-F1.vdr
ok digest frame-F2.vdr
ok digest docs/rules
{DRAWN}
ok replacement replace-1.vdr
ok digest docs/replace-1
ok replacement replace-2.vdr
ok digest docs/replace-2
ok replacement replace-3.vdr
ok digest docs/replace-3""",
    "voided-1": f"""{HEAD}
ok list SHA256SUMS
ok digest frame-F1.vdr
ok digest roster.vdr
ok digest docs/rules
{DRAWN}
ok void void.vdr
ok digest docs/void""",
    "short-1": f"""{HEAD}
ok list SHA256SUMS
ok digest frame-F1.vdr
ok digest roster.vdr
ok digest docs/rules
{DRAWN}
skip matching result.vdr""",
}
PUBLIC = f"""{HEAD}
skip roster roster.vdr
skip document docs/rules
ok digest frame-F1.vdr
{DRAWN}
skip matching result.vdr
skip rematch rematch-1.vdr
ok digest docs/rematch-1
skip rematch rematch-2.vdr
ok digest docs/rematch-2"""


def told(files: draws.Files) -> list[str]:
    """Return mark, name and file of every check."""
    report = verify(Bundle(Path("bundle"), dict(files)))
    return [f"{MARKS[one.ok].strip()} {one.name} {one.file}" for one in report.checks]


def lines(text: str) -> list[str]:
    """Return the lines that say something."""
    return [line for line in text.split("\n") if line]


def small(name: str, *without: str) -> draws.Files:
    """Return a small draw with its digests, without some of its files."""
    files = sealed({n: d for n, d in draws.SMALL[name]().items() if n != "receipt.vdr"})
    return {n: d for n, d in files.items() if n not in without}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_everything_that_was_checked_is_said(name: str):
    """One line per check, in the order of the protocol, each with its file."""
    assert told(small(name)) == lines(REPORTS[name])


def test_a_public_copy_says_what_is_left_open():
    """Roster, documents, matching and re-matchings are named as not checked; the rest is."""
    files = small("rematch", "roster.vdr", "docs/rules", "SHA256SUMS")
    assert told(files) == lines(PUBLIC)
    without = told({n: d for n, d in files.items() if n != "result.vdr"})
    assert without == lines(
        PUBLIC.replace("ok result", "skip result").replace("skip matching result.vdr\n", "")
    )


def test_the_report_names_what_came_out():
    """The digests of announcement, seed and result stand in it; a copy's result is its own."""
    files = small("rematch")
    found = Examination(Bundle(Path("bundle"), files))
    details = {one.name: one.detail for one in found.report.checks}
    assert found.result is not None
    assert found.announcement.digest in details["announcement"]
    assert found.result.seed in details["opening"]
    assert details["result"] == f"rdigest {found.result.digest}"
    assert found.rdigest == found.result.digest
    public = Examination(Bundle(Path("bundle"), small("rematch", "roster.vdr", "SHA256SUMS")))
    assert public.rdigest == found.rdigest
    unknown = Examination(
        Bundle(Path("bundle"), small("rematch", "roster.vdr", "result.vdr", "SHA256SUMS"))
    )
    assert unknown.rdigest == ""


def test_a_changed_list_stops_the_examination():
    """Where a digest differs nothing after it is looked at."""
    files = small("lanes", "SHA256SUMS")
    files["frame-F2.vdr"] = files["frame-F2.vdr"].replace(b"|D1|", b"|D2|", 1)
    made = told(files)
    assert "FAIL digest frame-F2.vdr" in made
    assert not [line for line in made if line.split()[1] in ("counts", "opening", "result")]


def test_a_result_that_differs_stops_the_examination():
    """What was published of a result that does not come out is not looked at."""
    files = small("lanes", "SHA256SUMS")
    files["result.vdr"] = files["result.vdr"].replace(b"|F1-1|", b"|F1-9|", 1)
    assert told(files)[-1] == "FAIL result result.vdr"


def test_lists_and_rosters_that_nobody_announced_are_told():
    """A stray list, a roster of a draw without matching: each fails by its name."""
    files = small("sealed-reserve", "SHA256SUMS")
    stray = {**files, "frame-F9.vdr": b"", "roster.vdr": b""}
    made = told(stray)
    assert "FAIL digest frame-F9.vdr" in made
    assert "FAIL roster roster.vdr" in made
    with pytest.raises(FairdrawError) as caught:
        told({n: d for n, d in files.items() if n != "frame-F2.vdr"})
    assert caught.value.file == "frame-F2.vdr"


def test_every_drawn_line_of_a_public_copy_is_recomputed():
    """Without its roster each hit, spare and cut is still compared, line by line."""
    files = small("rematch", "roster.vdr", "SHA256SUMS")
    rows = files["result.vdr"].split(b"\n")
    drawn = [n for n, row in enumerate(rows) if row.split(b"|")[0] in (b"hit", b"spare", b"cut")]
    assert len(drawn) > 3
    for number in drawn:
        changed = [*rows]
        changed[number] = rows[number][:-1] + (b"0" if rows[number][-1:] != b"0" else b"1")
        report = verify(Bundle(Path("bundle"), {**files, "result.vdr": b"\n".join(changed)}))
        (bad,) = [one for one in report.checks if one.ok is False]
        assert (bad.name, bad.file, bad.line) == ("result", "result.vdr", number + 1)
        assert "rematch" not in {one.name for one in report.checks}


def test_without_embargo_or_enough_dice_the_report_says_so():
    """No embargo is no line; 60 bits are enough, fewer are left open."""
    made = told_of_dice("0-9:18")
    assert made[:2] == ["ok announcement announcement.vdr", "skip entropy announcement.vdr"]
    assert told_of_dice("0-1:60")[1] == "ok entropy announcement.vdr"
    assert told_of_dice("0-1:59")[1] == "skip entropy announcement.vdr"


def told_of_dice(param: str) -> list[str]:
    """Return what is said of a draw without embargo and lottery, thrown with such dice."""
    files = small("sealed-reserve", "SHA256SUMS")
    announcement = Announcement.parse(files["announcement.vdr"])
    weak = [
        replace(one, param=param) if one.id == "dice" else one
        for one in announcement.sources
        if one.id != "kl8"
    ]
    changed = replace(announcement, embargo="-", sources=tuple(weak))
    early = {n: d for n, d in files.items() if n.startswith(("frame-", "docs/rules"))}
    early["announcement.vdr"] = changed.to_bytes()
    early["void.vdr"] = draws.VoidRecord(changed.digest, "T1", "V2", "0" * 64, "-").to_bytes()
    return told(early)
