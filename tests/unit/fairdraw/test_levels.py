"""A draw is worth what nobody could decide alone: entropy and levels L1 to L3."""

from __future__ import annotations

import pytest

from fairdraw.announce_parts import Source
from fairdraw.levels import PUBLIC, assess, strongest_bits
from fairdraw.sources import entropy_bits

ZEROS = "0" * 64
OURS = Source(1, "ours", "commit", ZEROS)
THEIRS = Source(2, "theirs", "commit", ZEROS)
DICE = Source(3, "dice", "digits", "0-9:20")
COIN = Source(3, "coin", "digits", "0-1:20")
KL8 = Source(4, "kl8", "numbers", "1-80:20:sorted:KL8:2026311")
WHO = {"ours": "SCJG", "theirs": "SFJ", "dice": "SFJ", "coin": "SFJ", "kl8": PUBLIC}


@pytest.mark.parametrize(
    ("source", "bits"),
    [
        (DICE, 66.4),
        (Source(1, "x", "digits", "1-6:25"), 64.6),
        (KL8, 61.6),
        (Source(1, "x", "numbers", "0-9:5:ordered:PL5"), 16.6),
        (OURS, 256.0),
        (Source(1, "x", "chain", f"3:{ZEROS}"), 0.0),
    ],
)
def test_the_bits_of_a_source(source: Source, bits: float):
    """The figures that the protocol names for dice and lotteries."""
    assert round(entropy_bits(source), 1) == bits


def test_only_what_everybody_sees_counts_as_strongest():
    """Sealed values are no physical source."""
    assert strongest_bits([OURS, THEIRS]) == 0.0
    assert strongest_bits([OURS, COIN, DICE]) == entropy_bits(DICE)


@pytest.mark.parametrize(
    ("sources", "anchored", "level", "missing"),
    [
        ([], False, 0, "the organiser seals no value"),
        ([OURS], False, 0, "no supervisor operates"),
        ([THEIRS, DICE], False, 0, "the organiser seals no value"),
        ([OURS, COIN], False, 0, "20.0 bits are fewer"),
        ([OURS, DICE], False, 1, "fewer than three contributors"),
        ([OURS, DICE, THEIRS], False, 1, "does not come last"),
        ([OURS, THEIRS, COIN], False, 1, "20.0 bits are fewer"),
        ([OURS, THEIRS, DICE], False, 2, "no named public event"),
        ([OURS, THEIRS, DICE, KL8], False, 2, "not anchored"),
        ([OURS, THEIRS, DICE, KL8], True, 3, ""),
    ],
)
def test_each_level_and_what_keeps_a_draw_from_the_next(sources, anchored, level, missing):
    """The level, its name, and the sentence about the next one."""
    if not sources:
        sources, who = [COIN], {"coin": "SCJG"}
    else:
        who = WHO
    found = assess(sources, who, "SCJG", anchored=anchored)
    assert found.level == level
    assert found.name == (f"L{level}" if level else "-")
    told = " ".join(words.say() for words in found.missing)
    assert missing in told
    assert bool(told) == bool(missing)
    assert all(words.say("zh") for words in found.missing)


def test_what_the_organiser_holds_does_not_count():
    """The same dice in the organiser's hands give no level and no bits."""
    found = assess([OURS, DICE], {**WHO, "dice": "SCJG"}, "SCJG")
    assert (found.level, found.bits) == (0, 0.0)
