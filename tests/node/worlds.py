"""Random draws by the Python core, for the JavaScript to recompute."""

from __future__ import annotations

from random import Random

from fairdraw.announce import Slot, Source, StratumRule, announce
from fairdraw.disclosure import ReceiptMaker, outcome_rows, public_edition
from fairdraw.frame import Frame, Leaf, salt
from fairdraw.lines import file_digest
from fairdraw.result import draw
from fairdraw.roster import Inspector, Recusal, Roster
from fairdraw.seed import Opening, chain_links, commitment

KEY = bytes(range(32))
RULES = (
    "all",
    "fixed:{n}",
    "ratio:{n}/7:up",
    "ratio:{n}/7:down",
    "ratio:{n}/7:half",
    "ratio:0/3:up",
)
REGIONS = ("any", "same", "outside", "prefer-same", "prefer-outside")
TAGS = ((), ("lead",), ("special",), ("lead", "special"))
DISTRICTS = ("D1", "D2", "-")


def _frames(chance: Random) -> list[Frame]:
    pool = [f"9134{n:04d}X" for n in range(chance.randint(1, 30))]
    frames = []
    for fid in ("F1", "F2", "F3")[: chance.randint(1, 3)]:
        leaves = [
            Leaf(
                target,
                chance.choice(("S1", "S2", "s.3")),
                chance.choice((1, 1, 2, 64)),
                chance.choice(("E", "E", "E", "X01", "X09", "X91")),
                chance.choice(DISTRICTS),
                chance.choice(((), (), ("special",))),
                salt(KEY, f"{fid}{target}"),
            )
            for target in pool
            if chance.random() < 0.8
        ]
        frames.append(Frame.build(fid, chance.choice(("J1", "J2")), leaves))
    return frames


def _rules(chance: Random, frames: list[Frame]) -> list[StratumRule]:
    return [
        StratumRule(
            frame.fid,
            stratum,
            chance.choice(RULES).format(n=chance.randint(0, 4)),
            chance.randint(0, 3),
        )
        for frame in frames
        for stratum in sorted({leaf.stratum for leaf in frame.leaves if leaf.disp == "E"})
    ]


def _roster(chance: Random, frames: list[Frame]) -> Roster:
    people = [
        Inspector(
            f"I{n:02d}",
            chance.choice("PQ"),
            chance.choice(DISTRICTS),
            chance.randint(0, 12),
            chance.randint(0, 2),
            chance.choice(TAGS),
            salt(KEY, f"I{n:02d}"),
        )
        for n in range(chance.choice((0, 8, 16, 24)))
    ]
    targets = [leaf.target for frame in frames for leaf in frame.leaves] or ["T"]
    pairs = {
        (person.id, chance.choice(targets))
        for person in people
        for _ in range(chance.randint(0, 2))
    }
    recusals = [Recusal(i, t, "kin", salt(KEY, f"{i}:{t}")) for i, t in sorted(pairs)]
    return Roster(people, recusals)


def _slots(chance: Random, frames: list[Frame]) -> list[Slot]:
    wide = ("any", *REGIONS) if chance.random() < 0.5 else ("any", "prefer-same", "prefer-outside")
    return [
        Slot(
            frame.fid,
            f"{frame.fid}-{n}",
            chance.choice("PQ"),
            chance.choice(((), (), (), (), ("lead",), ("@need",), ("@need", "lead"))),
            chance.choice(wide),
        )
        for frame in frames
        for n in range(chance.randint(1, 2))
    ]


def _sources(chance: Random, session: str, suite: str) -> tuple[list[Source], dict[str, str]]:
    secret = f"{chance.getrandbits(256):064x}"
    links = chain_links(f"{chance.getrandbits(256):064x}", 4, suite)
    numbers = sorted(chance.sample(range(1, 81), 20))
    rolled = [chance.randint(0, 120) for _ in range(5)]
    all_kinds = {
        "party": ("commit", commitment(session, "party", secret, suite), secret),
        "reserve": ("chain", f"4:{links[4]}", links[3]),
        "dice": ("digits", "1-6:25", "".join(chance.choice("123456") for _ in range(25))),
        "letters": ("digits", "9-b:4", "".join(chance.choice("9AZab") for _ in range(4))),
        "kl8": ("numbers", "1-80:20:sorted:KL8:2026311", ".".join(f"{n:02d}" for n in numbers)),
        "reel": ("numbers", "0-120:5:ordered:R-1", ".".join(f"{n:03d}" for n in rolled)),
    }
    names = chance.sample(sorted(all_kinds), chance.randint(1, len(all_kinds)))
    sources = [Source(n, name, *all_kinds[name][:2]) for n, name in enumerate(names, start=1)]
    return sources, {name: all_kinds[name][2] for name in names}


def random_bundle(number: int) -> dict[str, bytes]:
    """Return a whole bundle (name to bytes) that follows from ``number`` alone."""
    chance = Random(number)
    suite = chance.choice(("sha256", "sm3"))
    frames = _frames(chance)
    roster = _roster(chance, frames) if chance.random() < 0.8 else None
    session = f"S{number}"
    sources, values = _sources(chance, session, suite)
    document = b"rules of draw %d" % number
    announcement = announce(
        suite=suite,
        draw_id=f"D-{number}",
        attempt=1,
        prev="-",
        session=session,
        org="11341282003180001X",
        asof="2026-11-20",
        embargo=chance.choice(("-", "2026-12-01T08:00:00+08:00")),
        docs={"rules": file_digest(document)},
        frames=frames,
        stratum_rules=_rules(chance, frames),
        roster=roster,
        slack=chance.randint(0, 2),
        slots=_slots(chance, frames) if roster else [],
        sources=sources,
    )
    opening = Opening(session, values)
    result = draw(announcement, frames, roster, opening)
    files = {f"frame-{frame.fid}.vdr": frame.to_bytes() for frame in frames}
    files |= {"announcement.vdr": announcement.to_bytes(), "opening.vdr": opening.to_bytes()}
    files |= {"result.vdr": result.to_bytes(), "docs/rules": document}
    if roster is not None:
        files["roster.vdr"] = roster.to_bytes()
    if chance.random() < 0.5:
        outcome = outcome_rows(announcement, frames, result, dict.fromkeys(["F1", "F2", "F3"], KEY))
        files["outcome.vdr"] = outcome
        files["public.vdr"] = public_edition(announcement, frames, result, outcome)
        maker = ReceiptMaker(announcement, {f.fid: f for f in frames}, result, outcome)
        eligible = [(f.fid, leaf.target) for f in frames for leaf in f.leaves if leaf.disp == "E"]
        if eligible:
            files["receipt.vdr"] = maker.receipt(*chance.choice(eligible))
    return files


def large_bundle(size: int) -> dict[str, bytes]:
    """Return a public bundle of one list with so many entries in five strata."""
    leaves = [
        Leaf(
            f"91341282MA{n:08d}",
            f"S{n % 5}",
            1,
            "X02" if n % 50 == 0 else "E",
            "341282001",
            (),
            salt(KEY, str(n)),
        )
        for n in range(size)
    ]
    frame = Frame.build("F1", "J1", leaves)
    party = "ab" * 32
    announcement = announce(
        suite="sha256",
        draw_id="D-LARGE",
        attempt=1,
        prev="-",
        session="S-LARGE",
        org="11341282003180001X",
        asof="2026-11-20",
        embargo="-",
        docs={},
        frames=[frame],
        stratum_rules=[StratumRule("F1", f"S{n}", "ratio:5/100:up", 10) for n in range(5)],
        roster=None,
        slack=0,
        slots=[],
        sources=[Source(1, "party", "commit", commitment("S-LARGE", "party", party))],
    )
    opening = Opening("S-LARGE", {"party": party})
    result = draw(announcement, [frame], None, opening)
    return {
        "announcement.vdr": announcement.to_bytes(),
        "frame-F1.vdr": frame.to_bytes(),
        "opening.vdr": opening.to_bytes(),
        "result.vdr": result.to_bytes(),
    }
