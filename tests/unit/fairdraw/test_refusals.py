"""Everything that the protocol calls invalid is refused with file, line and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.announce import Announcement, Source, StratumRule, announce
from fairdraw.disclosure import PublicEdition, Receipt, salts_of
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify
from fairdraw.frame import Frame, Leaf
from fairdraw.lines import day, hasher, instant, tags, write
from fairdraw.rematch import Rematch
from fairdraw.replace import Replacement
from fairdraw.roster import Inspector, Roster
from fairdraw.seed import Opening
from fairdraw.sources import check_param, check_value
from fairdraw.sums import parse as parse_sums
from fairdraw.void import VoidRecord

V2 = Path(__file__).parent.parent.parent / "vectors" / "v2-sha256"
FILES = {p.name: p.read_bytes() for p in V2.glob("*.vdr")}
ZEROS = "0" * 64
SOURCE = next(line for line in FILES["announcement.vdr"].split(b"\n") if b"|dice|" in line)
SLOT = b"slot|F1|3-YJGL|YJGL|-|any"
ROSTER = next(line for line in FILES["announcement.vdr"].split(b"\n") if line[:7] == b"roster|")
EMBARGO = b"embargo|2026-12-01T08:00:00+08:00"

ANNOUNCEMENT = [
    (b"vdr1|announce|sha256", b"vdr1|announce|md5", 1, "not an announcement"),
    (b"vdr1|announce|sha256", b"vdr1|frame|sha256", 1, "not an announcement"),
    (b"vdr1|announce|sha256", b"vdr1|announce", 1, "has 2 fields"),
    (b"draw|341282", b"drow|341282", 2, "expected a draw line"),
    (b"SCJG-007|1|-", b"SCJG-007|0|-", 2, "attempt"),
    (b"SCJG-007|1|-", b"SCJG-007|01|-", 2, "attempt"),
    (b"SCJG-007|1|-", b"SCJG-007|2|-", 2, "void record"),
    (b"SCJG-007|1|-", b"SCJG-007|2|ABC", 2, "prev"),
    (b"draw|341282-2026-SCJG-007", b"draw|-", 2, "not a token"),
    (b"session|341282-2026-S031", b"session|", 3, "empty value"),
    (b"session|341282-2026-S031", b"session|-", 3, "not a token"),
    (b"asof|2026-11-20", b"asof|2026-02-30", 5, "not a date"),
    (b"asof|2026-11-20", b"asof|20261120", 5, "not a date"),
    (EMBARGO, b"embargo|2026-12-01T25:00:00+08:00", 6, "not a time"),
    (EMBARGO, b"embargo|2026-12-01T08:00:00Z", 6, "not a time"),
    (b"doc|strata", b"doc|rules", 8, "but for case"),
    (b"doc|strata", b"doc|RULES", 8, "but for case"),
    (b"doc|strata", b"doc|notes", 8, "not in order"),
    (b"doc|rules", b"doc|..", 7, "may not be called"),
    (b"doc|rules", b"doc|.", 7, "may not be called"),
    (b"doc|rules", b"doc|a:b", 7, "may not be called"),
    (b"frame|F1|J1", b"frame|F1|-", 9, "lane"),
    (b"|14|1c50", b"|x|1c50", 9, "size"),
    (b"|14|1c50", b"|14|1C50", 9, "lower-case hex"),
    (b"stratum|F1|S1", b"stratum|F2|S1", 10, "not announced"),
    (b"stratum|F1|S1", b"stratum|F1|-", 10, "not a token"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|0|ratio:30/100:up|0|2", 10, "eligible"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|6|ratio:30/100:up|3|2", 10, "is 2, not 3"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|6|ratio:30/0:up|2|2", 10, "ratio"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|6|ratio:30/100|2|2", 10, "not a rule"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|6|fixed:02|2|2", 10, "fixed count"),
    (b"S1|6|ratio:30/100:up|2|2", b"S1|6|ratio:30/100:up|2|-1", 10, "reserve"),
    (b"stratum|F1|S2", b"stratum|F1|S0", 11, "not in order"),
    (b"excluded|F1|X01|1", b"excluded|F1|E|1", 13, "no known reason"),
    (b"excluded|F1|X01|1", b"excluded|F1|X10|1", 13, "no known reason"),
    (b"excluded|F1|X01|1", b"excluded|F1|X03|1", 14, "not in order"),
    (b"excluded|F1|X01|1", b"counts|F1|X01|1", 13, "no line of an announcement"),
    (b"excluded|F1|X01|1\n", b"excluded|F1|X01|1\nstratum|F1|S4|1|all|1|0\n", 14, "before excl"),
    (ROSTER, ROSTER + b"\n" + ROSTER, 16, "second roster"),
    (
        b"788d555334cb34e6677f07f0f14ca06e338ae5b4248ca8d58a37d27f74823676|1",
        b"",
        15,
        "has 4 fields",
    ),
    (ROSTER + b"\n", b"", 23, "slots need a roster"),
    (SLOT, b"slot|F1|3-YJGL|YJGL|-|near", 18, "no region rule"),
    (SLOT, b"slot|F1|2-SCJG|YJGL|-|any", 18, "stands twice"),
    (SLOT, b"slot|F1|0-YJGL|YJGL|-|any", 18, "not in order"),
    (SLOT, b"slot|F9|3-YJGL|YJGL|-|any", 18, "not announced"),
    (SLOT, b"slot|F1|3-YJGL|YJGL|b+a|any", 18, "not sorted"),
    (SLOT, b"slot|F1|3-YJGL|YJGL|a++b|any", 18, "not a tag"),
    (SLOT, b"slot|F1|3-YJGL|YJGL|@all|any", 18, "not a tag"),
    (SLOT, b"slot|F1|3-YJGL|YJGL|-|any|", 18, "has 7 fields"),
    (SOURCE, b"source|5|dice|digits|0-9:20", 22, "numbered"),
    (SOURCE, b"source|4|reserve|digits|0-9:20", 22, "stands twice"),
    (SOURCE, b"source|4|dice|digits|9-0:20", 22, "digits are written"),
    (SOURCE, b"source|4|dice|digits|0-9:0", 22, "count"),
    (SOURCE, b"source|4|dice|digits|00-9:20", 22, "digits are written"),
    (SOURCE, b"source|4|dice|drand|0:1", 22, "reserved"),
    (SOURCE, b"source|4|dice|nist|2:2026", 22, "reserved"),
    (SOURCE, b"source|4|dice|coin|x", 22, "no type of source"),
    (SOURCE, b"source|4|dice|chain|4", 22, "n:top"),
    (SOURCE, b"source|4|dice|chain|0:" + b"0" * 64, 22, "chain length"),
    (SOURCE, b"source|4|dice|numbers|1-80:20", 22, "numbers are written"),
    (SOURCE, b"source|4|dice|numbers|1-80:81:sorted:KL8", 22, "cannot be drawn"),
    (SOURCE, b"source|4|dice|numbers|80-1:20:sorted:KL8", 22, "cannot be drawn"),
    (SOURCE, b"source|4|dice|numbers|1-80:20:sorted:a b", 22, "event"),
    (SOURCE, b"source|4|dice|numbers|1-80:20:sorted:-", 22, "event"),
    (b"\nend\n", b"\n", 23, "does not end"),
    (b"\nend\n", b"\nend\nend\n", 25, "may not stand here"),
    (b"\nend\n", b"\nend|x\n", 24, "has 2 fields"),
    (b"\nend\n", b"\nend", 24, "no line feed"),
    (b"\nend\n", b"\n\nend\n", 24, "byte that may not"),
    (b"org|", b"\xef\xbb\xbforg|", 4, "byte that may not"),
    (b"asof|2026-11-20\n", b"asof|2026-11-20\r\n", 5, "byte that may not"),
    (b"asof|2026-11-20\n", b"asof|2026-11-20 \n", 5, "byte that may not"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), ANNOUNCEMENT)
def test_announcements_that_are_refused(old: bytes, new: bytes, line: int, reason: str):
    """Each rule of the announcement, broken once."""
    data = FILES["announcement.vdr"]
    assert old in data
    refused(Announcement.parse, data.replace(old, new, 1), "announcement.vdr", line, reason)


def refused(
    parse: Callable[[bytes], object], data: bytes, file: str, line: int, reason: str
) -> None:
    """Parse, and expect a refusal at that place for that reason, in both languages."""
    with pytest.raises(FairdrawError) as caught:
        parse(data)
    assert (caught.value.file, caught.value.line) == (file, line), str(caught.value)
    assert reason in caught.value.reason
    assert caught.value.say("zh") != caught.value.say("en")


def test_an_announcement_that_is_accepted_is_written_the_same_way():
    """Reading and writing give the same bytes: nothing else is in the digest."""
    data = FILES["announcement.vdr"]
    assert Announcement.parse(data).to_bytes() == data


LEAF = FILES["frame-F1.vdr"].split(b"\n")[0]
FRAME = [
    (b"vdr1|leaf|", b"vdr1|laef|", 1, "leaf lines only"),
    (b"|S1|1|E|", b"|S1|0|E|", 1, "weight"),
    (b"|S1|1|E|", b"|S1|65|E|", 1, "weight"),
    (b"|S1|1|E|", b"|S1|01|E|", 1, "weight"),
    (b"|S1|1|E|", b"|-|1|E|", 1, "stratum"),
    (b"|S1|1|E|", b"|S1|1|X00|", 1, "neither E"),
    (b"|S1|1|E|", b"|S1|1|X10|", 1, "neither E"),
    (b"|D2|-|", b"|D 2|-|", 1, "district"),
    (b"|D2|-|", b"|D2|b+a|", 1, "not sorted"),
    (b"|D2|-|", b"|D2|@need|", 1, "not a tag"),
    (b"|D2|-|e15b", b"|D2|-|E15B", 1, "salt"),
    (b"|D2|-|e15b", b"|D2|-|e15", 1, "salt"),
    (LEAF + b"\n", LEAF + b"\n" + LEAF + b"\n", 2, "not in order"),
    (b"91341282MA2N00001A", b"91341282MA2N00002C", 2, "not in order"),
    (LEAF, LEAF + b"|x", 1, "has 10 fields"),
    (LEAF, LEAF.replace(b"N00001A", b"N\xe9"), 1, "byte that may not"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), FRAME)
def test_lists_that_are_refused(old: bytes, new: bytes, line: int, reason: str):
    """Each rule of the frame file, broken once."""
    data = FILES["frame-F1.vdr"]
    assert old in data
    changed = data.replace(old, new, 1)
    refused(lambda one: Frame.parse("F1", "J1", one), changed, "frame-F1.vdr", line, reason)


PEOPLE = FILES["roster.vdr"].split(b"\n")
ROSTERS = [
    (b"vdr1|insp|SCJG-001", b"vdr1|inspector|SCJG-001", 1, "insp and recuse lines only"),
    (b"|D1|4|1|", b"|D1|-1|1|", 1, "cap"),
    (b"|D1|4|1|", b"|D1|4|2147483648|", 1, "load"),
    (b"|SCJG|D1|4|1|", b"|SCJG|D(1|4|1|", 1, "district"),
    (b"SCJG-002|SCJG", b"SCJG-001|SCJG", 2, "not in order"),
    (b"91341282MA2N00005E|kin", b"91341282MA2N00005E|-", 9, "recusal code"),
    (PEOPLE[8], PEOPLE[7], 9, "not in order"),
    (PEOPLE[9], PEOPLE[9] + b"\n" + PEOPLE[6], 11, "before recusals"),
    (b"recuse|SCJG-002", b"recuse|SCJG-000", 8, "not on the roster"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), ROSTERS)
def test_rosters_that_are_refused(old: bytes, new: bytes, line: int, reason: str):
    """Each rule of the roster file, broken once."""
    data = FILES["roster.vdr"]
    assert old in data
    refused(Roster.parse, data.replace(old, new, 1), "roster.vdr", line, reason)


OPENINGS = [
    (b"vdr1|open|", b"vdr1|shut|", 1, "not an opening"),
    (b"vdr1|open|341282-2026-S031", b"vdr1|open|a b", 1, "session"),
    (b"vdr1|open|341282-2026-S031", b"vdr1|open|341282-2026-S031|x", 1, "has 4 fields"),
    (b"vdr1|open|341282-2026-S031", b"vdr1|open", 1, "has 2 fields"),
    (b"value|dice|", b"value|dice|1|", 5, "has 4 fields"),
    (b"value|dice|31415926535897932384", b"value|dice", 5, "has 2 fields"),
    (b"value|dice|31415926535897932384", b"value|dice|", 5, "an empty value"),
    (b"value|dice|", b"values|dice|", 5, "one value line"),
    (b"value|dice|", b"value|reserve|", 5, "one value line"),
    (b"\nend\n", b"\n", 6, "does not end"),
    (b"\nend\n", b"\nend\nend\n", 8, "nothing stands after"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), OPENINGS)
def test_openings_that_are_refused(old: bytes, new: bytes, line: int, reason: str):
    """Each rule of the opening file, broken once."""
    data = FILES["opening.vdr"]
    assert old in data
    changed = data.replace(old, new, 1)
    refused(Opening.parse, changed, "opening.vdr", line, reason.rsplit("|", maxsplit=1)[-1])


def test_an_opening_of_another_ritual_is_refused():
    """Another session, other sources or another order open nothing."""
    announcement = Announcement.parse(FILES["announcement.vdr"])
    opening = Opening.parse(FILES["opening.vdr"])
    values = dict(opening.values)
    for wrong, reason in (
        (Opening("S-OTHER", values), "session"),
        (Opening(opening.session, dict(reversed(values.items()))), "sources"),
        (Opening(opening.session, {k: v for k, v in values.items() if k != "dice"}), "sources"),
        (Opening(opening.session, {**values, "dice": "3" * 19 + "x"}), "20 symbols"),
        (Opening(opening.session, {**values, "kl8": values["kl8"][::-1]}), "20 numbers"),
        (Opening(opening.session, {**values, "reserve": ZEROS}), "does not lead to its top"),
        (Opening(opening.session, {**values, "party-sfj": ZEROS}), "not the one that was sealed"),
        (Opening(opening.session, {**values, "party-sfj": values["party-scjg"]}), "sealed"),
    ):
        refused(
            lambda _, w=wrong: w.check_against(announcement),
            b"",
            "opening.vdr",
            _line(wrong),
            reason,
        )


def _line(opening: Opening) -> int:
    whole = Opening.parse(FILES["opening.vdr"])
    if opening.session != whole.session:
        return 1
    if list(opening.values) != list(whole.values):
        return 0
    return 2 + next(n for n, k in enumerate(whole.values) if opening.values[k] != whole.values[k])


def test_a_source_of_no_known_type_opens_nothing():
    """Reserved and unknown types are refused as parameters and as values."""
    for kind in ("drand", "nist", "coin"):
        source = Source(1, "x", kind, "y")
        with pytest.raises(FairdrawError):
            check_param(source)
        with pytest.raises(FairdrawError):
            check_value(source, "z", "S")


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("1-80:3:sorted:E", "01.02.03"),
        ("1-80:3:ordered:E", "03.03.01"),
        ("0-9:1:ordered:E", "0"),
        ("8-120:2:sorted:E", "008.120"),
    ],
)
def test_numbers_that_open_a_named_event(param: str, value: str):
    """Numbers are padded to the widest; ordered ones may repeat."""
    check_value(Source(1, "x", "numbers", param), value, "S")


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("1-80:3:sorted:E", "01.03.02"),
        ("1-80:3:sorted:E", "01.01.02"),
        ("1-80:3:sorted:E", "1.2.3"),
        ("1-80:3:sorted:E", "01.02"),
        ("1-80:3:sorted:E", "01.02.81"),
        ("1-80:3:sorted:E", "00.02.03"),
        ("1-80:3:ordered:E", "01.0x.03"),
        ("1-80:3:ordered:E", "01.0٣.03"),
        ("1-80:3:ordered:E", "01,02,03"),
    ],
)
def test_numbers_that_open_nothing(param: str, value: str):
    """Out of bounds, out of order, too few, unpadded: refused."""
    with pytest.raises(FairdrawError, match="numbers of"):
        check_value(Source(1, "x", "numbers", param), value, "S")


@pytest.mark.parametrize(
    ("kind", "param"),
    [
        ("chain", f"1:{ZEROS}"),
        ("digits", "0-1:1"),
        ("numbers", "1-80:80:sorted:E"),
        ("numbers", "1-2:5:ordered:E"),
    ],
)
def test_the_smallest_parameters_are_accepted(kind: str, param: str):
    """One link, one throw, all numbers of a range, more throws than numbers."""
    check_param(Source(1, "x", kind, param))


@pytest.mark.parametrize(
    ("kind", "param"),
    [
        ("digits", "5-5:20"),
        ("digits", "5:20"),
        ("digits", "-5:20"),
        ("digits", "é-ü:20"),
        ("numbers", "7-7:1:ordered:E"),
        ("numbers", "1-80:0:sorted:E"),
        ("numbers", "1-2:3:sorted:E"),
    ],
)
def test_parameters_without_a_choice_are_refused(kind: str, param: str):
    """Nothing to throw, no range, more numbers than there are."""
    with pytest.raises(FairdrawError):
        check_param(Source(1, "x", kind, param))


def test_the_borders_of_a_range_open_it():
    """Lowest and highest symbol count, their neighbours do not."""
    source = Source(1, "x", "digits", "1-6:2")
    for value in ("11", "66", "16"):
        check_value(source, value, "S")
    for value in ("01", "17", "1", "111"):
        with pytest.raises(FairdrawError):
            check_value(source, value, "S")


def test_an_empty_file_is_refused_at_its_beginning():
    """What should stand in its first line is missing."""
    refused(Opening.parse, b"", "opening.vdr", 1, "does not end")
    refused(Announcement.parse, b"", "announcement.vdr", 1, "does not end")
    refused(VoidRecord.parse, b"", "void.vdr", 1, "one line")


RECORD = f"vdr1|void|{ZEROS}|T3|V1|{ZEROS}|-"
VOIDS = [
    ("vdr1|void|", "vdr1|avoid|", "not a void record"),
    ("|T3|", "|T7|", "not a void record"),
    ("|V1|", "|V5|", "no reason to void"),
    (f"|{ZEROS}|T3", "|0|T3", "announcement digest"),
    (f"|{ZEROS}|-", "|0|-", "document digest"),
    ("|-", "|0", "result digest"),
    ("|-", "", "has 6 fields"),
]


@pytest.mark.parametrize(("old", "new", "reason"), VOIDS)
def test_void_records_that_are_refused(old: str, new: str, reason: str):
    """Each rule of the void record, broken once."""
    VoidRecord.parse(f"{RECORD}\n".encode())
    changed = f"{RECORD.replace(old, new)}\n".encode()
    refused(VoidRecord.parse, changed, "void.vdr", 1, reason)
    refused(VoidRecord.parse, f"{RECORD}\n{RECORD}\n".encode(), "void.vdr", 2, "one line")


REPLACE = f"vdr1|replace|{ZEROS}|1|gone|{ZEROS}|-\nout|F1|S1|A\nin|F1|S1|B|{ZEROS}\nend\n"
REPLACES = [
    ("vdr1|replace", "vdr1|replaced", 1, "expected a vdr1|replace line"),
    ("|1|gone|", "|0|gone|", 1, "number"),
    ("|gone|", "|-|", 1, "reason"),
    (f"{ZEROS}|-\n", f"{ZEROS}|x\n", 1, "link"),
    ("out|F1", "in|F1", 1, "expected a out line"),
    ("out|F1|S1|A", "out|F1|S1|-", 2, "target"),
    ("in|F1|S1|B", "in|-|S1|B", 3, "frame"),
    ("in|F1|S1|B", "in|F1|S1|-", 3, "target"),
    (f"|B|{ZEROS}", "|B|-", 3, "ticket"),
    ("\nend\n", "\n", 3, "expected a end line"),
    ("\nend\n", "\nend\nend\n", 5, "nothing stands after"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), REPLACES)
def test_replacements_that_are_refused(old: str, new: str, line: int, reason: str):
    """Each rule of the replacement's file, broken once."""
    whole = Replacement.parse(REPLACE.encode(), "replace-1.vdr")
    assert whole.to_bytes() == REPLACE.encode()
    assert whole.file == "replace-1.vdr"
    with pytest.raises(FairdrawError) as caught:
        Replacement.parse(REPLACE.replace(old, new, 1).encode(), "replace-1.vdr")
    assert reason in caught.value.reason
    assert caught.value.file == "replace-1.vdr"
    assert caught.value.line in (line, line + 1)


REMATCH = (
    f"vdr1|rematch|{ZEROS}|1|T|1-A|recused|{ZEROS}\nskip|T|1-A|P|full\nman|T|1-A|Q|{ZEROS}|3\nend\n"
)
REMATCHES = [
    ("vdr1|rematch", "vdr1|match", "expected a vdr1|rematch line"),
    ("|recused|", "|-|", "reason"),
    ("skip|T|1-A|P|full", "skip|T|1-B|P|full", "another place"),
    ("|P|full", "|P|would-block", "another place or names no reason"),
    ("|P|full", "|-|full", "inspector"),
    ("man|T|1-A", "man|U|1-A", "another place"),
    ("|Q|", "|-|", "inspector"),
    (f"|Q|{ZEROS}|", "|Q|-|", "pick"),
    ("|3\nend", "|x\nend", "count"),
    ("man|", "men|", "expected a man line"),
]


@pytest.mark.parametrize(("old", "new", "reason"), REMATCHES)
def test_rematchings_that_are_refused(old: str, new: str, reason: str):
    """Each rule of the re-matching's file, broken once."""
    whole = Rematch.parse(REMATCH.encode(), "rematch-1.vdr")
    assert whole.to_bytes() == REMATCH.encode()
    assert whole.file == "rematch-1.vdr"
    with pytest.raises(FairdrawError) as caught:
        Rematch.parse(REMATCH.replace(old, new, 1).encode(), "rematch-1.vdr")
    assert reason in caught.value.reason
    assert caught.value.file == "rematch-1.vdr"
    assert caught.value.line > 0


def test_inputs_that_no_file_brings_are_refused_too():
    """What a program hands over is checked like what a file holds."""
    leaf = Leaf("A", "S1", 1, "E", "-", (), "0" * 32)
    frame = Frame.build("F1", "J1", [leaf])
    person = Inspector("P", "D", "-", 1, 0, (), "0" * 32)
    for act in (
        lambda: Frame.build("F1", "J1", [leaf, leaf]),
        lambda: Frame.build("F1", "-", [leaf]),
        lambda: Frame.build("F1", "J1", [leaf._replace(target="é")]),
        lambda: Roster([person, person]),
        lambda: write(["中"]),
        lambda: hasher("md5"),
        lambda: day("2026-13-01", "day"),
        lambda: instant("2026-13-01T00:00:00+08:00", "time"),
        lambda: tags("-+a", "tags"),
        lambda: made_of(frame, [StratumRule("F1", "S1", "all"), StratumRule("F1", "S1", "all")]),
        lambda: made_of(frame, []),
        lambda: made_of(frame, [StratumRule("F1", "S1", "all"), StratumRule("F1", "S2", "all")]),
    ):
        with pytest.raises(FairdrawError):
            act()
    assert made_of(frame, [StratumRule("F1", "S1", "all")]).strata[0].n == 1


def made_of(frame: Frame, rules: list[StratumRule]) -> Announcement:
    """Announce one list under these rules."""
    return announce(
        suite="sha256",
        draw_id="D",
        attempt=1,
        prev="-",
        session="S",
        org="O",
        asof="2026-11-20",
        embargo="-",
        docs={},
        frames=[frame],
        stratum_rules=rules,
        roster=None,
        slack=0,
        slots=[],
        sources=[Source(1, "dice", "digits", "0-9:20")],
    )


PARSERS = {
    "announcement.vdr": Announcement.parse,
    "frame-F1.vdr": lambda data: Frame.parse("F1", "J1", data),
    "roster.vdr": Roster.parse,
    "opening.vdr": Opening.parse,
    "void.vdr": VoidRecord.parse,
    "replace-1.vdr": lambda data: Replacement.parse(data, "replace-1.vdr"),
    "rematch-1.vdr": lambda data: Rematch.parse(data, "rematch-1.vdr"),
    "outcome.vdr": salts_of,
    "public.vdr": PublicEdition.parse,
    "receipt.vdr": Receipt.parse,
    "SHA256SUMS": parse_sums,
}
SEEDS = {
    **FILES,
    "void.vdr": RECORD.encode() + b"\n",
    "replace-1.vdr": REPLACE.encode(),
    "rematch-1.vdr": REMATCH.encode(),
}
FIELDS = st.one_of(
    st.sampled_from(
        [
            "",
            "-",
            "0",
            "1",
            "65",
            "E",
            "X01",
            "vdr1",
            "end",
            "all",
            "fixed:1",
            "ratio:1/0:up",
            "@need",
        ]
    ),
    st.text("ab+!|:-.09\u0663é\r\x00", max_size=5),
    st.just("0" * 64),
)


@given(st.sampled_from(sorted(PARSERS)), st.data())
def test_no_text_makes_a_traceback(name: str, data: st.DataObject):
    """Lines put together from what stands in files are read or refused, nothing else."""
    lines = SEEDS.get(name, b"").decode().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        fields = lines[at].split("|")
        fields[data.draw(st.integers(0, len(fields) - 1))] = data.draw(FIELDS)
        lines[at] = "|".join(fields)
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    try:
        PARSERS[name](text)
    except FairdrawError as error:
        assert error.say("zh")
    if name in FILES:
        try:
            verify(Bundle(V2, {**FILES, name: text}))
        except FairdrawError as error:
            assert error.say("zh")


@given(st.sampled_from(sorted(PARSERS)), st.binary(max_size=300))
def test_no_bytes_make_a_traceback(name: str, data: bytes):
    """Any bytes are read or refused, nothing else."""
    try:
        PARSERS[name](data)
    except FairdrawError as error:
        assert error.say("en")
