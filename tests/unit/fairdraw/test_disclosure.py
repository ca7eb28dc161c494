"""What goes out of a closed draw: every business can check its own row, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.fairdraw import draws

from fairdraw.cli import main
from fairdraw.disclosure import (
    PublicEdition,
    Receipt,
    ReceiptMaker,
    salts_of,
    verify_receipt,
)
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, Examination, verify

FILES = draws.joint()


def maker() -> ReceiptMaker:
    """Return what makes the receipts of the joint draw."""
    found = Examination(Bundle(Path("b"), FILES))
    assert found.result is not None
    lists = {frame.fid: frame for frame in found.frames}
    return ReceiptMaker(found.announcement, lists, found.result, FILES["outcome.vdr"])


def test_every_eligible_business_gets_a_receipt_that_verifies():
    """Drawn or not, each receipt leads to both roots and agrees with the public edition."""
    made, words = maker(), set()
    for fid, frame in made.frames.items():
        for leaf in frame.leaves:
            if leaf.disp != "E":
                with pytest.raises(KeyError):
                    made.receipt(fid, leaf.target)
                continue
            data = made.receipt(fid, leaf.target)
            report = verify_receipt(data, FILES["public.vdr"])
            assert report.ok, (fid, leaf.target)
            assert verify_receipt(data).ok
            words.add(Receipt.parse(data).row.fields[6])
    assert words == {"hit", "no"}


def test_a_receipt_tells_nothing_of_another_business():
    """Neither code nor ticket of anybody else stands in a receipt, but the cut."""
    made = maker()
    frame = made.frames["F1"]
    target = next(leaf.target for leaf in frame.leaves if leaf.disp == "E")
    text = made.receipt("F1", target).decode()
    assert not [
        leaf.target for leaf in frame.leaves if leaf.target != target and leaf.target in text
    ]


def test_any_changed_byte_of_a_receipt_is_found():
    """All of it is bound by the two roots, but the cut's figures: those follow from the result."""
    data = FILES["receipt.vdr"]
    free = range(data.rindex(b"cut|F1|S1|") + len(b"cut|F1|S1|"), data.rindex(b"\nend\n"))
    missed = []
    for at in set(range(len(data))) - set(free):
        for bit in (1, 32):
            changed = bytearray(data)
            changed[at] ^= bit
            try:
                if verify_receipt(bytes(changed), FILES["public.vdr"]).ok:
                    missed.append((at, bit))
            except FairdrawError:
                continue
    assert missed == []


def lines_of(data: bytes) -> dict[str, list[str]]:
    """Return the fields of a receipt's named lines."""
    return {row.split("|")[0]: row.split("|") for row in data.decode().splitlines()}


def changed_row(word: str, rank: str) -> bytes:
    """Return a receipt whose row says something else."""
    fields = lines_of(FILES["receipt.vdr"])["row"]
    row = fields[4].split("!")
    row[6:8] = [word, rank]
    old, new = "|".join(fields), "|".join([*fields[:4], "!".join(row)])
    return FILES["receipt.vdr"].replace(old.encode(), new.encode())


@pytest.mark.parametrize(("word", "rank"), [("no", "-"), ("no", "1"), ("hit", "-"), ("spare", "1")])
def test_a_receipt_that_contradicts_its_cut_is_told(word: str, rank: str):
    """A drawn business cannot be told that it was not: ticket and cut decide."""
    assert not Receipt.parse(changed_row(word, rank)).agrees_with_cut()


def changed_cut(eligible: str, n: str, last: str) -> bytes:
    """Return a receipt whose cut says something else."""
    fields = lines_of(FILES["receipt.vdr"])["cut"]
    old, new = "|".join(fields), "|".join([*fields[:3], eligible, n, last])
    return FILES["receipt.vdr"].replace(old.encode(), new.encode())


def test_a_cut_that_cannot_be_is_told():
    """More drawn than eligible, a cut without any drawn, none with some drawn."""
    eligible, n, last = lines_of(FILES["receipt.vdr"])["cut"][3:]
    assert Receipt.parse(changed_cut(eligible, n, last)).agrees_with_cut()
    for wrong in ((n, eligible, last), (eligible, "0", last), (eligible, n, "-")):
        assert not Receipt.parse(changed_cut(*wrong)).agrees_with_cut()
    assert not Receipt.parse(changed_cut("1", "2", last)).agrees_with_cut()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("vdr1|receipt|sha256", "vdr1|receipt|md5"),
        ("vdr1|receipt|sha256|", "vdr1|receipt|sha256|x"),
        ("!leaf!", "!lief!"),
        ("!row!", "!raw!"),
        ("!hit!", "!hut!"),
        ("cut|F1|", "cit|F1|"),
        ("\nend\n", "\nend\nend\n"),
    ],
)
def test_receipts_that_are_refused(old: str, new: str):
    """Each line of a receipt, broken once."""
    data = FILES["receipt.vdr"].replace(old.encode(), new.encode(), 1)
    assert data != FILES["receipt.vdr"]
    with pytest.raises(FairdrawError, match=r"receipt\.vdr:\d"):
        Receipt.parse(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("vdr1|public|sha256", "vdr1|public|md5"),
        ("total|F1|24", "total|F1|x"),
        ("hit|F1|", "hit|F1|-|"),
        ("\nend\n", "\n"),
    ],
)
def test_public_editions_that_are_refused(old: str, new: str):
    """Each line of a public edition, broken once."""
    data = FILES["public.vdr"].replace(old.encode(), new.encode(), 1)
    assert data != FILES["public.vdr"]
    with pytest.raises(FairdrawError, match=r"public\.vdr:\d"):
        PublicEdition.parse(data)


def test_salts_are_read_with_their_place():
    """A row with a wrong salt is refused where it stands."""
    rows = FILES["outcome.vdr"].split(b"\n")
    rows[1] = rows[1][:-1] + b"G"
    with pytest.raises(FairdrawError, match=r"outcome\.vdr:2.*salt"):
        salts_of(b"\n".join(rows))


def test_without_its_outcome_tree_the_public_edition_is_checked_as_far_as_it_goes():
    """Digests, totals and list follow from the result; the root is left open."""
    files = {name: data for name, data in FILES.items() if name != "outcome.vdr"}
    report = verify(Bundle(Path("b"), files))
    assert report.ok
    assert any(c.ok is None and c.file == "public.vdr" for c in report.checks)
    wrong = files["public.vdr"].replace(b"hit|F1|", b"hit|F2|", 1)
    assert not verify(Bundle(Path("b"), {**files, "public.vdr": wrong})).ok


def test_a_business_checks_its_receipt_on_the_command_line(tmp_path: Path, capsys):
    """Exit status 0 when it holds, 1 when the public edition is another draw's."""
    receipt, public = tmp_path / "receipt.vdr", tmp_path / "public.vdr"
    receipt.write_bytes(FILES["receipt.vdr"])
    public.write_bytes(FILES["public.vdr"])
    assert main(["verify", str(receipt)]) == 0
    assert main(["verify", str(receipt), "--public", str(public), "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "verify: OK" in said
    assert "核验" in said
    public.write_bytes(draws.joint("sm3")["public.vdr"])
    assert main(["verify", str(receipt), "--public", str(public)]) == 1
    assert "FAIL public" in capsys.readouterr().out


def test_nothing_public_of_a_closed_draw_tells_two_classes_apart():
    """Swap the classes of all businesses: the public edition keeps its shape, line for line.

    Two draws that differ in classes only have the same totals, sizes and order of lists; what
    else stands in the edition are digests and who was drawn.
    """
    first, second = closed("S1", "S2"), closed("S2", "S1")
    shape = [[len(field) for field in line.split(b"|")] for line in first.split(b"\n")]
    assert [[len(f) for f in line.split(b"|")] for line in second.split(b"\n")] == shape
    for text in (first, second):
        assert not [word for word in (b"S1", b"S2", b"ratio", b"fixed") if word in text]
        hits = [line for line in text.split(b"\n") if line.startswith(b"hit|")]
        assert hits == sorted(hits)


def closed(one: str, other: str) -> bytes:
    """Return the public edition of a draw whose first half has one class, the rest another."""
    frame = draws.listed("F1", range(40))
    leaves = [
        leaf._replace(stratum=one if n < len(frame.leaves) // 2 else other, weight=1, disp="E")
        for n, leaf in enumerate(frame.leaves)
    ]
    frames = [draws.Frame.build("F1", "J1", leaves)]
    announcement, opening = draws.announced(frames, None, rules=("fixed:2", "fixed:6"))
    result = draws.bundle_of(announcement, frames, None, opening)[1]
    return draws.disclosed_files(announcement, frames, result)["public.vdr"]
