"""What follows a draw is verified like the draw: replacements, re-matchings, voids, attempts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from unit.fairdraw import draws

from fairdraw.attempts import first_checks, verify_attempts
from fairdraw.errors import BadRecord, FairdrawError
from fairdraw.evidence import Bundle, Examination, verify
from fairdraw.rematch import Rematch, Standing
from fairdraw.replace import Replacement, Reserve
from fairdraw.report import Report
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from fairdraw.successors import rest_of

FOLDER = Path(__file__).parent.parent.parent / "vectors"
ROW = "91341282MA0000000"


def whole(files: draws.Files) -> Bundle:
    """Return a bundle in memory."""
    return Bundle(Path("bundle"), dict(files))


def said(report: Report) -> list[str]:
    """Return what differs."""
    return [check.say() for check in report.checks if check.ok is False]


@pytest.mark.parametrize("name", sorted(draws.VECTORS))
def test_the_published_vectors_come_out_and_verify(name: str):
    """Every vector on disk is what the core makes, byte for byte, and verifies."""
    kept = {
        path.relative_to(FOLDER / name).as_posix(): path.read_bytes()
        for path in (FOLDER / name).rglob("*")
        if path.is_file()
    }
    assert kept == draws.vector(name)
    assert verify(Bundle.open(FOLDER / name)).ok


@pytest.mark.parametrize("name", sorted(draws.VECTORS))
def test_any_changed_byte_of_any_file_is_found(name: str):
    """One changed bit anywhere: verification fails or refuses (lists by sample, the rest whole)."""
    files = {n: d for n, d in draws.vector(name).items() if n != "receipt.vdr"}
    missed = []
    for file, data in files.items():
        step = 23 if len(data) > 800 else 3
        for at in range(0, len(data), step):
            changed = bytearray(data)
            changed[at] ^= 1
            try:
                if verify(whole({**files, file: bytes(changed)})).ok:
                    missed.append((file, at))
            except FairdrawError:
                continue
    assert missed == []


@pytest.mark.parametrize(
    ("vector", "name", "free"),
    [
        ("sealed-reserve", "replace-1.vdr", {"moved-out"}),
        ("rematch", "rematch-1.vdr", {"kin"}),
        ("voided-1", "void.vdr", {"T5", "V2"}),
        ("shared-lane", "public.vdr", set()),
    ],
)
def test_without_the_list_of_digests_only_a_word_of_reason_is_free(vector, name, free):
    """Where nobody kept a list of digests, all but stage and reason of an act is bound."""
    files = draws.VECTORS[vector]()
    data = files[name].decode()
    bound = [at for at in range(len(data)) if not within(data, at, free)]
    for at in bound:
        changed = bytearray(files[name])
        changed[at] ^= 1
        try:
            assert not verify(whole({**files, name: bytes(changed)})).ok, at
        except FairdrawError:
            continue


def within(text: str, at: int, words: set[str]) -> bool:
    """Say whether a place lies in one of the words."""
    return any(text.index(w) <= at < text.index(w) + len(w) for w in words)


def test_the_look_ahead_remembers_who_is_on_the_target():
    """The lead is passed over at the first place wherever chance puts her first, caps or not."""
    lines = [line.split("|") for line in draws.team()["result.vdr"].decode().splitlines()]
    men = {tuple(f[2:4]) for f in lines if f[0] == "man"}
    assert men == {("F1-1", "P-2"), ("F1-2", "P-1")}
    skips = {tuple(f[2:]) for f in lines if f[0] == "skip"}
    assert skips == {("F1-1", "P-1", "would-block")}


def change(files: draws.Files, name: str, old: str, new: str) -> Bundle:
    """Return the bundle with one text changed."""
    assert old.encode() in files[name]
    return whole({**files, name: files[name].replace(old.encode(), new.encode(), 1)})


@pytest.mark.parametrize(
    ("vector", "name", "old", "new", "reason"),
    [
        ("replaced", "replace-1.vdr", "|1|moved", "|2|moved", "the next one is 1"),
        ("replaced", "replace-1.vdr", "out|F1|S1|", "out|F1|S2|", "recomputed"),
        ("replaced", "replace-1.vdr", "out|F1|", "out|F9|", "is not a drawn target"),
        ("replaced", "replace-2.vdr", "moved-out", "moved-away", ""),
        ("rematched", "rematch-1.vdr", "|1|9134", "|3|9134", "the next one is 1"),
        ("rematched", "rematch-1.vdr", "-|-|0", "P-1|" + "0" * 64 + "|1", "recomputed"),
    ],
)
def test_an_act_that_does_not_follow_is_told(vector, name, old, new, reason):
    """File and reason are told, and what comes after it is not looked at."""
    files = getattr(draws, vector)()
    report = verify(change(files, name, old, new))
    if reason:
        assert [text for text in said(report) if name in text and reason in text]
    else:
        assert report.ok  # the reason's word is bound by the trail, not by the draw


def test_acts_without_their_result_are_left_open():
    """A copy that cannot recompute the result cannot check what refers to it."""
    files = draws.replaced()
    joint = draws.joint()
    for name in ("replace-1.vdr", "replace-2.vdr"):
        joint[name] = files[name]
    del joint["roster.vdr"], joint["result.vdr"]
    report = verify(whole(joint))
    texts = [check.say() for check in report.checks if check.ok is None]
    assert any("replace-1.vdr: needs the whole result" in text for text in texts)
    assert any("public.vdr: needs the whole result" in text for text in texts)
    again = draws.rematched()
    del again["roster.vdr"]
    texts = [check.say() for check in verify(whole(again)).checks if check.ok is None]
    assert any("rematch-1.vdr: needs the roster" in text for text in texts)


def test_evidence_is_compared_even_where_its_act_is_left_open():
    """A changed document differs from the record, whoever lacks the roster or the result."""
    again = draws.rematched()
    del again["roster.vdr"]
    assert verify(whole(again)).ok
    again["docs/rematch-2"] = b"something else\n"
    assert "docs/rematch-2: digest is" in said(verify(whole(again)))[0]
    joint = draws.joint() | {"docs/replace-1": draws.EVIDENCE}
    joint["replace-1.vdr"] = draws.replaced()["replace-1.vdr"]
    del joint["roster.vdr"], joint["result.vdr"]
    assert verify(whole(joint)).ok
    joint["docs/replace-1"] = b"something else\n"
    assert "docs/replace-1: digest is" in said(verify(whole(joint)))[0]


def test_evidence_of_an_act_may_be_absent_but_not_another():
    """A missing document is open, a changed one differs."""
    files = draws.replaced()
    missing = {name: data for name, data in files.items() if name != "docs/replace-1"}
    assert verify(whole(missing)).ok
    report = verify(whole({**files, "docs/replace-1": b"something else\n"}))
    assert any("docs/replace-1" in text for text in said(report))


def refusal(act: Callable[[], object]) -> str:
    """Return the reason of a refusal."""
    with pytest.raises(BadRecord) as caught:
        act()
    return caught.value.reason


def reserve_of(files: draws.Files) -> tuple[Reserve, Lists, Selection]:
    """Return the standing reserve of a draw without any replacement."""
    bundle = whole({n: d for n, d in files.items() if not n.startswith("replace-")})
    examined = Examination(bundle)
    result = examined.result
    assert result is not None
    opening = Opening.parse(bundle.files["opening.vdr"])
    lists = Lists(examined.announcement, examined.frames)
    selection = Selection(result.hits, result.spares, result.cuts)
    return Reserve(lists, opening, result.seed, selection, result.digest), lists, selection


def test_a_sealed_reserve_takes_the_next_link_only():
    """Without its link, with another one, or after the last: nobody is replaced."""
    reserve, _, selection = reserve_of(draws.replaced())
    hit = selection.hits[0]
    links = draws.chain_links(draws.digest(b"secret of the chain"), 5)
    why = {"reason": "gone", "doc": "0" * 64}
    for link, reason in (("-", "needs the next link"), (links[2], "does not lead to the chain")):
        assert reason in refusal(lambda k=link: reserve.replace(hit.fid, hit.target, link=k, **why))
    into = hit
    for link in (links[3], links[2], links[1], links[0]):
        record = reserve.replace(into.fid, into.target, link=link, **why)
        into = record.into
    assert reserve.n_replaced == 4
    again = refusal(lambda: reserve.replace(into.fid, into.target, link=links[0], **why))
    assert "used up" in again


def test_spares_come_in_their_order_until_none_is_left():
    """The next spare of the same stratum; after the last one the place stays empty."""
    reserve, _, selection = reserve_of(draws.replaced(chain=False))
    hit = selection.hits[0]
    spares = [s for s in selection.spares if (s.fid, s.stratum) == (hit.fid, hit.stratum)]
    into = hit.target
    for spare in spares:
        record = reserve.replace(hit.fid, into, reason="gone", doc="0" * 64)
        into = record.into.target
        assert (into, record.ticket) == (spare.target, spare.ticket)
    record = reserve.replace(hit.fid, into, reason="gone", doc="0" * 64)
    assert record.to_bytes().endswith(b"|-|-\nend\n")
    assert Replacement.parse(record.to_bytes(), record.file) == record
    away = refusal(lambda: reserve.replace(hit.fid, into, reason="gone", doc="0" * 64))
    assert "is not a drawn target" in away
    link = refusal(
        lambda: reserve.replace(
            selection.hits[1].fid, selection.hits[1].target, link="0" * 64, reason="x", doc="0" * 64
        )
    )
    assert "there is none" in link


def test_a_place_is_matched_again_only_where_somebody_was_matched():
    """A place that the draw does not know is refused with the place of the record."""
    files = draws.rematched()
    files["rematch-1.vdr"] = files["rematch-1.vdr"].replace(b"|F1-1|", b"|F1-9|")
    (told,) = said(verify(whole(files)))
    assert "rematch-1.vdr:1: " in told
    assert "has no place F1-9 that was matched" in told


def test_a_place_without_anybody_may_be_matched_again():
    """Who was passed over as full or as a colleague stays so; nobody new is recused."""
    files = draws.rematched()
    bundle = whole({n: d for n, d in files.items() if not n.startswith("rematch-")})
    found = Examination(bundle)
    result, roster = found.result, bundle.roster(found.announcement)
    assert result is not None
    assert result.matching is not None
    assert roster is not None
    places = Lists(found.announcement, found.frames).places(result.hits)
    standing = Standing(result.seed, places, result.matching, roster, 1, "sha256", found.rdigest)
    man = result.matching.men[1]
    seen, names = [], []
    for _ in range(7):
        record = standing.rematch(man.target, man.k, reason="kin", doc="0" * 64)
        assert Rematch.parse(record.to_bytes(), record.file) == record
        seen += [skip.reason for skip in record.skips]
        names.append(record.man.inspector)
    assert names[-2:] == ["-", "-"]
    assert len(set(names[:-2]) - {"-"}) == len([name for name in names[:-2] if name != "-"])
    assert "already-in-team" in seen


def examined(*bundles: draws.Files) -> list[Examination]:
    """Examine bundles one after the other."""
    return [Examination(whole(files)) for files in bundles]


def test_attempts_follow_one_another():
    """A redraw names the void record; a second matching names the result it repairs."""
    for first, second in (draws.voided(), draws.short()):
        both = examined(first, second)
        assert all(one.report.ok for one in both)
        report = verify_attempts(both)
        assert report.ok
        assert len(report.checks) == 1
        (open_end,) = first_checks(both[1])
        assert open_end.ok is None
        assert first_checks(both[0]) == []


def test_a_redraw_without_its_void_record_is_found():
    """No void record, another draw, the same session: each is told."""
    first, second = draws.voided()
    bare = {name: data for name, data in first.items() if name != "void.vdr"}
    assert "void record" in said(verify_attempts(examined(bare, second)))[0]
    told = " ".join(said(verify_attempts(examined(second, second))))
    assert "void record" in told
    assert "next attempt" in told
    assert "session" in told


def test_a_second_matching_of_something_else_is_found():
    """It must name the result, have its own id, and draw all hits of a draw without matching."""
    first, second = draws.short()
    told = " ".join(said(verify_attempts(examined(second, second))))
    for reason in ("name the result", "id of its own", "matched before"):
        assert reason in told
    other, _ = draws.voided()
    told = " ".join(said(verify_attempts(examined(first, other))))
    assert "does not draw all hits" in told


def test_a_void_record_names_draw_and_result():
    """Of another draw, or silent about a result that came out: it differs."""
    first, _ = draws.voided()
    announcement = examined(first)[0].announcement
    report = verify(change(first, "void.vdr", announcement.digest, "0" * 64))
    assert "of another draw" in said(report)[0]
    rdigest = examined(first)[0].rdigest
    report = verify(change(first, "void.vdr", rdigest, "-"))
    assert "came out" in said(report)[0]


def test_an_attempt_voided_before_the_opening_has_no_result():
    """The announcement, its lists and the void record are a whole bundle."""
    first, _ = draws.voided()
    early = {n: d for n, d in first.items() if n not in ("opening.vdr", "result.vdr")}
    rdigest = examined(first)[0].rdigest
    assert verify(change(early, "void.vdr", rdigest, "-")).ok


def test_a_fresh_extension_leaves_out_what_was_drawn():
    """What was drawn before is on the new list as excluded, with the reason."""
    _, lists, selection = reserve_of(draws.replaced())
    frame = lists.frames["F1"]
    rest = rest_of(frame, selection.hits)
    drawn = {hit.target for hit in selection.hits if hit.fid == "F1"}
    assert {leaf.target for leaf in rest.leaves if leaf.disp == "X04"} == drawn
    assert [leaf.target for leaf in rest.leaves] == [leaf.target for leaf in frame.leaves]


@pytest.mark.parametrize("name", sorted(draws.VECTORS))
def test_the_protocol_prints_the_digests_of_its_vectors(name: str):
    """The table of the protocol's text has the digests that the bundles give."""
    text = (FOLDER.parent.parent / "docs" / "protocol.md").read_text()
    (one,) = examined(draws.vector(name))
    assert one.result is not None
    row = f"| `{name}` | `{one.announcement.digest}` | `{one.result.seed}` | `{one.rdigest}` |"
    assert row in text


def extension_of(first: Examination, *, session: str, keeps_hits: bool) -> Examination:
    """The first draw's lists drawn from again under ``…-E1``, those who were hit left out or not."""
    (after,) = examined(draws.voided()[0])
    number = f"{first.announcement.draw_id}-E1"
    after.announcement = replace(after.announcement, draw_id=number, session=session)
    hits = {hit.target for hit in first.result.hits} if first.result else set()
    after.frames = [
        replace(
            frame,
            leaves=tuple(
                leaf if keeps_hits or leaf.target not in hits else leaf._replace(disp="X90")
                for leaf in frame.leaves
            ),
        )
        for frame in after.frames
    ]
    return after


def test_a_supplementary_draw_leaves_out_who_was_hit():
    """It is called after the first draw, or after its sister; a session of its own, none hit twice."""
    (first,) = examined(draws.voided()[0])
    good = extension_of(first, session="S-E1", keeps_hits=False)
    report = verify_attempts([first, good])
    assert report.ok
    assert [check.detail for check in report.checks] == ["draws from the rest of the one before it"]
    sister = extension_of(first, session="S-E2", keeps_hits=False)
    sister.announcement = replace(sister.announcement, draw_id=f"{first.announcement.draw_id}-E2")
    sister.frames = []
    assert verify_attempts([good, sister]).ok


def test_a_supplementary_draw_that_may_hit_again_is_found():
    """Somebody of the first draw in its lists, and the session of the first: both are told."""
    (first,) = examined(draws.voided()[0])
    bad = extension_of(first, session=first.announcement.session, keeps_hits=True)
    told = " ".join(said(verify_attempts([first, bad])))
    assert "hit in the draw before" in told
    assert "session" in told
    first.result = None
    assert verify_attempts([first, extension_of(first, session="S", keeps_hits=True)]).ok
