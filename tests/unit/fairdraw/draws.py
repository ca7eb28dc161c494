"""Whole draws with all that can follow one: replacement, re-matching, void, second matching."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from fairdraw.announce import Announcement, Slot, Source, StratumRule, announce
from fairdraw.disclosure import ReceiptMaker, outcome_rows, public_edition
from fairdraw.frame import Frame, Leaf, salt
from fairdraw.rematch import Standing
from fairdraw.replace import Reserve
from fairdraw.result import Result, draw
from fairdraw.roster import Inspector, Recusal, Roster
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from fairdraw.sources import chain_links, commitment
from fairdraw.successors import hits_of
from fairdraw.sums import sealed
from fairdraw.void import VoidRecord

KEY = bytes(range(32))
DOCUMENT = b"rules of the draw\n"
EVIDENCE = b"the business has moved away\n"
Files = dict[str, bytes]
Lengths = tuple[range, range]
MANY, FEW = (range(24), range(12, 40)), (range(6), range(3, 9))


def digest(data: bytes) -> str:
    """Return the SHA-256 of a document."""
    return sha256(data).hexdigest()


def listed(fid: str, numbers: range, lane: str = "J1") -> Frame:
    """Return a list of one department: two strata, weights, one exclusion."""
    leaves = []
    for n in numbers:
        target = f"91341282MA{n:07d}"
        leaves.append(
            Leaf(
                target,
                "S1" if n % 3 else "S2",
                1 if n % 4 else 4,
                "X02" if n % 11 == 5 else "E",
                ("D1", "D2", "-")[n % 3],
                ("special",) if n % 5 == 0 else (),
                salt(KEY, fid + target),
            )
        )
    return Frame.build(fid, lane, leaves)


def people(*codes: str, cap: int = 6) -> Roster:
    """Return a roster of five inspectors per department, one of them recused from one target."""
    made = [
        Inspector(
            f"{code}-{n}",
            code,
            ("D1", "D2")[n % 2],
            cap,
            n % 3,
            ("lead", "special") if n == 1 else ("special",) if n == 2 else (),
            salt(KEY, f"{code}-{n}"),
        )
        for code in codes
        for n in range(1, 6)
    ]
    kin = Recusal(f"{codes[0]}-2", "91341282MA0000001", "kin", salt(KEY, "kin"))
    return Roster(made, [kin])


def sources(session: str, suite: str, *, chain: bool) -> tuple[list[Source], dict[str, str]]:
    """Return two parties, perhaps a chain, ten dice and a public event, with their values."""
    values = {
        "party-a": digest(b"value of a"),
        "party-b": digest(b"value of b"),
        "reserve": chain_links(digest(b"secret of the chain"), 5, suite)[4],
        "dice": "3141592653589793238462",
        "kl8": ".".join(f"{n:02d}" for n in range(3, 80, 4)),
    }
    top = chain_links(digest(b"secret of the chain"), 5, suite)[5]
    params = {
        "party-a": ("commit", commitment(session, "party-a", values["party-a"], suite)),
        "party-b": ("commit", commitment(session, "party-b", values["party-b"], suite)),
        "reserve": ("chain", f"5:{top}"),
        "dice": ("digits", "0-9:22"),
        "kl8": ("numbers", "1-80:20:sorted:KL8:2026311"),
    }
    names = [name for name in values if chain or name != "reserve"]
    made = [Source(n, name, *params[name]) for n, name in enumerate(names, start=1)]
    return made, {name: values[name] for name in names}


def announced(
    frames: list[Frame],
    roster: Roster | None,
    *,
    suite: str = "sha256",
    draw_id: str = "341282-2026-D-0042",
    attempt: int = 1,
    prev: str = "-",
    session: str = "341282-2026-S007",
    chain: bool = False,
    reserve: int = 0,
    rules: tuple[str, str] = ("ratio:25/100:up", "fixed:2"),
    region: str = "prefer-outside",
    slack: int = 1,
) -> tuple[Announcement, Opening]:
    """Announce these lists with two places per target and department, and open all sources."""
    made, values = sources(session, suite, chain=chain)
    strata = {(f.fid, leaf.stratum) for f in frames for leaf in f.leaves if leaf.disp == "E"}
    departments = sorted({person.dept for person in roster.inspectors}) if roster else []
    slots = [
        Slot(
            frame.fid,
            f"{frame.fid}-{n}",
            code,
            (("lead",), ("@need",))[n - 1],
            ("any", region)[n - 1],
        )
        for frame, code in zip(frames, departments * len(frames), strict=False)
        for n in (1, 2)
    ]
    announcement = announce(
        suite=suite,
        draw_id=draw_id,
        attempt=attempt,
        prev=prev,
        session=session,
        org="11341282003180001X",
        asof="2026-11-20",
        embargo="2026-12-01T08:00:00+08:00",
        docs={"rules": digest(DOCUMENT)},
        frames=frames,
        stratum_rules=[
            StratumRule(fid, stratum, rules[stratum == "S2"], reserve)
            for fid, stratum in sorted(strata)
        ],
        roster=roster,
        slack=slack,
        slots=slots,
        sources=made,
    )
    return announcement, Opening(session, values)


def bundle_of(
    announcement: Announcement, frames: list[Frame], roster: Roster | None, opening: Opening
) -> tuple[Files, Result]:
    """Return the files of a draw that was carried out."""
    result = draw(announcement, frames, roster, opening)
    files = {f"frame-{frame.fid}.vdr": frame.to_bytes() for frame in frames}
    if roster is not None:
        files["roster.vdr"] = roster.to_bytes()
    files |= {"announcement.vdr": announcement.to_bytes(), "opening.vdr": opening.to_bytes()}
    return files | {"result.vdr": result.to_bytes(), "docs/rules": DOCUMENT}, result


def joint(suite: str = "sha256", lists: Lengths = MANY, **how: object) -> Files:
    """Return a joint draw of two departments on one lane, with its public edition."""
    frames, roster = [listed("F1", lists[0]), listed("F2", lists[1])], people("P", "Q")
    announcement, opening = announced(frames, roster, suite=suite, **how)  # type: ignore[arg-type]
    files, result = bundle_of(announcement, frames, roster, opening)
    return files | disclosed_files(announcement, frames, result)


def disclosed_files(announcement: Announcement, frames: list[Frame], result: Result) -> Files:
    """Return outcome tree, public edition and the receipt of the first business drawn."""
    outcome = outcome_rows(announcement, frames, result, dict.fromkeys(("F1", "F2"), KEY))
    maker = ReceiptMaker(announcement, {f.fid: f for f in frames}, result, outcome)
    return {
        "outcome.vdr": outcome,
        "public.vdr": public_edition(announcement, frames, result, outcome),
        "receipt.vdr": maker.receipt("F1", result.hits[0].target),
    }


def replaced(suite: str = "sha256", *, chain: bool = True, lists: Lengths = MANY) -> Files:
    """Return a draw of two lists in which three targets were replaced, in one stratum all."""
    frames = [listed("F1", lists[0]), listed("F2", lists[1])]
    announcement, opening = announced(
        frames, None, suite=suite, chain=chain, reserve=0 if chain else 2
    )
    files, result = bundle_of(announcement, frames, None, opening)
    selection = Selection(result.hits, result.spares, result.cuts)
    reserve = Reserve(Lists(announcement, frames), opening, result.seed, selection, result.digest)
    links = chain_links(digest(b"secret of the chain"), 5, suite)
    going = [(h.fid, h.target) for h in (result.hits[0], result.hits[-1])]
    for number in (1, 2, 3):
        fid, target = going[number - 1]
        link = links[4 - number] if chain else "-"
        record = reserve.replace(fid, target, link=link, reason="moved-out", doc=digest(EVIDENCE))
        going.append((record.into.fid, record.into.target))  # of who came in, one goes out again
        files[record.file] = record.to_bytes()
        files[f"docs/{record.file[:-4]}"] = EVIDENCE
    return files


def rematched(suite: str = "sha256", lists: Lengths = MANY) -> Files:
    """Return a draw in which two places were matched again after late recusals."""
    frames, roster = [listed("F1", lists[0])], people("P")
    announcement, opening = announced(frames, roster, suite=suite)
    files, result = bundle_of(announcement, frames, roster, opening)
    assert result.matching is not None
    places = Lists(announcement, frames).places(result.hits)
    standing = Standing(result.seed, places, result.matching, roster, 1, suite, result.digest)
    for man in (result.matching.men[0], result.matching.men[3]):
        record = standing.rematch(man.target, man.k, reason="kin", doc=digest(EVIDENCE))
        files[record.file] = record.to_bytes()
        files[f"docs/{record.file[:-4]}"] = EVIDENCE
    return files


def voided(lists: Lengths = MANY) -> tuple[Files, Files]:
    """Return an attempt that was voided after its result, and the one that follows it."""
    frames, roster = [listed("F1", lists[0])], people("P")
    announcement, opening = announced(frames, roster)
    first, result = bundle_of(announcement, frames, roster, opening)
    void = VoidRecord(announcement.digest, "T5", "V2", digest(EVIDENCE), result.digest)
    first |= {"void.vdr": void.to_bytes(), "docs/void": EVIDENCE}
    later, again = announced(
        frames, roster, attempt=2, prev=void.digest(), session="341282-2026-S008"
    )
    return first, bundle_of(later, frames, roster, again)[0]


def short(lists: Lengths = MANY) -> tuple[Files, Files]:
    """Return a draw whose roster cannot fill the places, and the one that matches its hits."""
    frames = [listed("F1", lists[0])]
    weak, strong = people("P", cap=1), people("P")
    announcement, opening = announced(frames, weak)
    first, result = bundle_of(announcement, frames, weak, opening)
    assert result.ceiling is None
    later, again = announced(
        hits_of(frames, result.hits),
        strong,
        draw_id="341282-2026-D-0043",
        prev=result.digest,
        session="341282-2026-S009",
        rules=("all", "all"),
    )
    second, _ = bundle_of(later, hits_of(frames, result.hits), strong, again)
    return first, second


def team() -> Files:
    """Return a draw in which only who remembers the team sees that a lead may not come first.

    Of two inspectors one leads. Sent to the first place she would leave the second to nobody,
    though she has visits to spare: a look-ahead that forgets who is on the target misses it.
    """
    frames = [listed("F1", range(24))]
    lead, other = (
        Inspector(f"P-{n}", "P", "-", 40, 0, tags, salt(KEY, f"P-{n}"))
        for n, tags in ((1, ("lead",)), (2, ()))
    )
    roster = Roster([lead, other])
    announcement, opening = announced(frames, roster)
    slots = (Slot("F1", "F1-1", "P", (), "any"), Slot("F1", "F1-2", "P", ("lead",), "any"))
    announcement = replace(announcement, slots=slots)
    return bundle_of(announcement, frames, roster, opening)[0]


VECTORS = {
    "shared-lane": joint,
    "shared-lane-sm3": lambda: joint("sm3"),
    "sealed-reserve": replaced,
    "spares": lambda: replaced(chain=False),
    "rematch": rematched,
    "team": team,
    "voided-1": lambda: voided()[0],
    "voided-2": lambda: voided()[1],
    "short-1": lambda: short()[0],
    "short-2": lambda: short()[1],
}


# The same kinds of draws with few targets, whose every byte can be changed in little time.
SMALL = {
    "lanes": lambda: joint(lists=FEW),
    "lanes-sm3": lambda: joint("sm3", lists=FEW),
    "sealed-reserve": lambda: replaced(lists=FEW),
    "spares": lambda: replaced(chain=False, lists=FEW),
    "rematch": lambda: rematched(lists=FEW),
    "voided-1": lambda: voided(FEW)[0],
    "voided-2": lambda: voided(FEW)[1],
    "short-1": lambda: short(FEW)[0],
    "short-2": lambda: short(FEW)[1],
}


def vector(name: str) -> Files:
    """Return the files of a published vector, with their list of digests."""
    return sealed(VECTORS[name]())
