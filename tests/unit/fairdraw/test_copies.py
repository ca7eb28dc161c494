"""Copies of a bundle: without roster, renamed, repacked, damaged, with strangers among the files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from unit.fairdraw import draws

from fairdraw.announce import Announcement
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify, write_zip
from fairdraw.frame import Frame
from fairdraw.roster import Inspector, Recusal, Roster

JOINT = draws.joint()
PUBLIC = {name: data for name, data in draws.team().items() if name != "roster.vdr"}


def whole(files: draws.Files) -> Bundle:
    """Return a bundle in memory."""
    return Bundle(Path("bundle"), dict(files))


def objections(files: draws.Files) -> str:
    """Return what a verification objects to, or refuses."""
    try:
        report = verify(whole(files))
    except FairdrawError as error:
        return str(error)
    return " ".join(check.say() for check in report.checks if check.ok is False)


def result_with(old: str, new: str) -> draws.Files:
    """Return the public copy with one text of its result changed."""
    text = PUBLIC["result.vdr"].decode()
    assert old in text
    return {**PUBLIC, "result.vdr": text.replace(old, new, 1).encode()}


MAN = next(line for line in PUBLIC["result.vdr"].decode().split("\n") if line.startswith("man|"))
SKIP = next(line for line in PUBLIC["result.vdr"].decode().split("\n") if line.startswith("skip|"))


def test_the_public_copy_verifies_and_says_what_is_left_open():
    """Without the roster the drawn targets are certain; the officers are not."""
    report = verify(whole(PUBLIC))
    assert report.ok
    assert any("needs the roster" in check.say() for check in report.checks)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ceiling|", "floor|", "expected a ceiling line"),
        ("ceiling|", "ceiling|x", "ceiling"),
        (MAN, MAN.replace("man|", "men|"), "has 6 fields"),
        (MAN, MAN.replace("|F1-1|", "|F1-2|"), "should stand here"),
        (MAN, MAN + "|x", "has 7 fields"),
        (MAN, MAN.rpartition("|")[0] + "|0", "count"),
        (MAN, MAN.replace("|P-", "|Q-"), "recomputed"),
        (SKIP, SKIP.replace("would-block", "unlucky"), "no reason to skip"),
        (SKIP, SKIP + "\n" + SKIP, "stands here twice"),
        (SKIP, SKIP.replace("|P-1|", "|-|"), "inspector"),
        ("\nend\n", "\nend\nend\n", "does not end where it should"),
        ("\nend\n", "\n", "does not end where it should"),
        (MAN + "\n", "", "should stand here"),
    ],
)
def test_officers_that_cannot_be_of_this_draw_are_found_without_the_roster(old, new, reason):
    """Order, places, picks and teams follow from the seed, whoever is on the roster."""
    assert reason in objections(result_with(old, new))


def test_a_copy_cannot_break_off_among_the_officers():
    """A result that ends after its cuts, or after a skip, is told."""
    head = PUBLIC["result.vdr"].decode().split("ceiling|", maxsplit=1)[0]
    broken = {**PUBLIC, "result.vdr": f"{head}ceiling|2\n".encode()}
    assert "does not end where it should" in objections(broken)
    shortage = {**PUBLIC, "result.vdr": f"{head}ceiling|-\nend\n".encode()}
    assert objections(shortage) == ""  # whether there were enough only the roster shows


def test_the_same_officer_twice_on_a_target_is_found():
    """A team of one is no team."""
    lines = PUBLIC["result.vdr"].decode().split("\n")
    first, second = [n for n, line in enumerate(lines) if line.startswith("man|")][:2]
    fields = lines[second].split("|")
    fields[3] = lines[first].split("|")[3]
    lines[second] = "|".join(fields)
    found = objections({**PUBLIC, "result.vdr": "\n".join(lines).encode()})
    assert "stands here twice" in found


def test_a_result_may_be_missing_and_is_told():
    """Without its result a bundle says what the result would be."""
    files = {name: data for name, data in draws.team().items() if name != "result.vdr"}
    report = verify(whole(files))
    assert report.ok
    assert any("it would be" in check.say() for check in report.checks)
    bare = {name: data for name, data in PUBLIC.items() if name != "result.vdr"}
    assert any("it would be -" in check.say() for check in verify(whole(bare)).checks)


def test_lists_and_rosters_that_nobody_announced_are_found():
    """A list or roster more than announced is a difference, not a stranger."""
    assert "names no such list" in objections({**JOINT, "frame-F9.vdr": b""})
    alone = draws.replaced()
    assert "names no roster" in objections({**alone, "roster.vdr": b""})
    missing = {name: data for name, data in JOINT.items() if name != "frame-F2.vdr"}
    assert "frame-F2.vdr: is missing" in objections(missing)


ANNOUNCED = JOINT["announcement.vdr"].decode()
FRAMES = [line for line in ANNOUNCED.split("\n") if line.startswith("frame|")]
STRATA = [line for line in ANNOUNCED.split("\n") if line.startswith("stratum|")]
SLOTS = [line for line in ANNOUNCED.split("\n") if line.startswith("slot|F2")]
SOURCES = [line for line in ANNOUNCED.split("\n") if line.startswith("source|")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("\n".join(FRAMES), "\n".join(reversed(FRAMES)), "frames are not in order"),
        (f"{STRATA[0]}\n", "", "counts are not in the order|has no rule"),
        (f"{STRATA[2]}\n", f"{STRATA[2]}\n{STRATA[0]}\n", "not in the order of their frames"),
        ("\n".join(SLOTS) + "\n", "", "every frame has a slot"),
        ("\n".join(SOURCES) + "\n", "", "a frame and a source at least"),
    ],
)
def test_announcements_of_several_lists_that_are_refused(old, new, reason):
    """Frames, counts and slots stand in one order, each where it belongs."""
    assert old in ANNOUNCED
    changed = ANNOUNCED.replace(old, new, 1).encode()
    found = objections({**JOINT, "announcement.vdr": changed})
    assert any(part in found for part in reason.split("|")), found


def test_counts_that_do_not_follow_from_the_lists_are_found():
    """An announcement with other counts is refused although every digest is right."""
    line = STRATA[0].split("|")
    more = "|".join([*line[:3], str(int(line[3]) + 1), *line[4:]])
    assert "but the files give" in objections(
        {**JOINT, "announcement.vdr": ANNOUNCED.replace(STRATA[0], more).encode()}
    )
    extra = f"{STRATA[1]}\nstratum|F1|S9|1|all|1|0"
    changed = ANNOUNCED.replace(STRATA[1], extra).encode()
    assert "has a rule but no eligible" in objections({**JOINT, "announcement.vdr": changed})


def test_a_roster_given_twice_is_refused():
    """A recusal stands once."""
    person = Inspector("P", "D", "-", 1, 0, (), "0" * 32)
    recusal = Recusal("P", "T", "kin", "0" * 32)
    with pytest.raises(FairdrawError, match="given twice"):
        Roster([person], [recusal, recusal])


def packed(path: Path, files: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> Path:
    """Write a zip as somebody else would."""
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_zip_of_the_folder_is_a_bundle_too(tmp_path: Path):
    """Files below one folder, strangers beside them, a folder entry: read all the same."""
    files = {f"draw-42/{name}": data for name, data in PUBLIC.items()}
    path = packed(tmp_path / "b.zip", {**files, "draw-42/": b"", "readme.txt": b"hello"})
    bundle = Bundle.open(path)
    assert bundle.files == PUBLIC
    assert verify(bundle).ok


@pytest.mark.parametrize(
    ("files", "how", "reason"),
    [
        ({"a/announcement.vdr": b"", "b/announcement.vdr": b""}, zipfile.ZIP_STORED, "two bundles"),
        ({"announcement.vdr": b"x" * 99}, zipfile.ZIP_BZIP2, "stored or deflated"),
        ({"notes.txt": b""}, zipfile.ZIP_STORED, "holds no announcement.vdr"),
    ],
)
def test_zips_that_are_refused(files, how, reason, tmp_path: Path):
    """Two bundles in one, an unusual packing, nothing at all."""
    with pytest.raises(FairdrawError, match=reason):
        Bundle.open(packed(tmp_path / "b.zip", files, how))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path):
    """Nobody knows which of them was meant."""
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("announcement.vdr", b"1")
        archive.writestr("announcement.vdr", b"2")
    with pytest.raises(FairdrawError, match="two files of one name"):
        Bundle.open(path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch):
    """The sizes are read before anything is unpacked."""
    monkeypatch.setattr("fairdraw.bundle.SIZE_LIMIT", 10)
    with pytest.raises(FairdrawError, match="4 GiB"):
        Bundle.open(packed(tmp_path / "b.zip", PUBLIC))


def test_nothing_in_a_bundle_is_overwritten(tmp_path: Path):
    """A file that is there already is refused, on disk and in a zip."""
    path = tmp_path / "b.zip"
    path.write_bytes(write_zip(PUBLIC))
    bundle = Bundle.open(path)
    with pytest.raises(FairdrawError, match="never overwritten"):
        bundle.add("result.vdr", b"")


def test_every_list_round_trips():
    """Reading and writing give the same bytes, for lists, rosters and announcements."""
    for name, data in JOINT.items():
        if name.startswith("frame-"):
            assert Frame.parse(name[6:-4], "J1", data).to_bytes() == data
    assert Roster.parse(JOINT["roster.vdr"]).to_bytes() == JOINT["roster.vdr"]
    assert Announcement.parse(JOINT["announcement.vdr"]).to_bytes() == JOINT["announcement.vdr"]
