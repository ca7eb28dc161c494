"""What was sealed, opened or drawn stands: nothing changes it, and nothing else makes its seed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from fairdraw.announce import Announcement
from fairdraw.errors import FairdrawError
from fairdraw.frame import Frame
from fairdraw.match import Matching, Shortage
from fairdraw.report import Check, Report
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.seed import seed as form_seed
from fairdraw.selection import Selection
from fairdraw.words import Words

V2 = Path(__file__).parent.parent.parent / "vectors" / "v2-sha256"
FILES = {p.name: p.read_bytes() for p in V2.glob("*.vdr")}


def test_no_seed_comes_of_what_does_not_open_the_sources():
    """Whoever asks for the seed of another session or of a changed value is refused."""
    announcement = Announcement.parse(FILES["announcement.vdr"])
    opening = Opening.parse(FILES["opening.vdr"])
    other = {**opening.values, "party-scjg": "0" * 64}
    for wrong in (replace(opening, session="S-OTHER"), replace(opening, values=other)):
        with pytest.raises(FairdrawError) as caught:
            form_seed(announcement, wrong)
        assert caught.value.file == "opening.vdr"
    head = FILES["result.vdr"].split(b"\n")[0].decode()
    assert head.endswith(f"|{form_seed(announcement, opening)}")


READ = (
    Announcement.parse(FILES["announcement.vdr"]),
    Opening.parse(FILES["opening.vdr"]),
    Frame.parse("F1", "J1", FILES["frame-F1.vdr"]),
    Roster.parse(FILES["roster.vdr"]),
    Matching(None, (), Shortage((), (), 0)),
    Shortage((), (), 0),
    Check("result", True, Words("verify: OK", {})),
    Report(()),
    Selection((), (), ()),
)


@pytest.mark.parametrize("one", READ, ids=lambda one: type(one).__name__)
def test_what_was_read_cannot_be_changed(one: object):
    """What was sealed, opened, drawn or found stays what it is in memory too."""
    for name in (field.name for field in fields(one)):  # type: ignore[arg-type]
        with pytest.raises(FrozenInstanceError):
            setattr(one, name, None)
