"""The published vectors V0 to V3 come out, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fairdraw.announce_parts import Slot
from fairdraw.evidence import Bundle, verify
from fairdraw.frame import Frame
from fairdraw.lines import hx
from fairdraw.match import Place, match
from fairdraw.merkle import inclusion_path, leaf_hash
from fairdraw.roster import Inspector, Recusal, Roster
from fairdraw.sm3 import sm3
from fairdraw.tickets import first, lane_key, order

VECTORS = Path(__file__).parent.parent.parent / "vectors"
V2 = {
    "sha256": (
        "640167bd8c4f1b93082c052b0a0350adc8572e3ed6393539e8c2acb5c3fee513",
        "414e87fa58d96ddb06906b0ca3d0959737137c7dc30b99471779716d72f93ee2",
        "4cbe56318939d266b4821be7c1b459d3efeeb64b020396bf283178bed81b813b",
    ),
    "sm3": (
        "509370d0569914cb9b21c26707bab1e4283ceb420dc5161acbf8f9c188d7eb03",
        "1a46338bd1b54f0ffa0f96a66c74b6544c20fea3a88b49d25d0f4b1fe1c0b9ed",
        "77fcc0d7d9eeb92bfaa55a61b1ffb28387550121ee1e8780f8579c79e4a4bd21",
    ),
}


def test_v0_both_suites_hash_abc():
    """Both suites give the published digest of abc; the pure SM3 equals the one at hand."""
    assert hx("abc") == hashlib.sha256(b"abc").hexdigest()
    wanted = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hx("abc", "sm3") == wanted
    assert sm3(b"abc").hex() == wanted
    assert sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_v1_orders_ten_targets():
    """The ten test targets fall into the published order."""
    seed = hx("vdr1 test seed 1")
    assert seed == "86fbe7a2a14bcd93694e4a78df8281158b641edab20edc78d4515c3d6109f15b"
    targets = [(f"TEST{n:04d}", 1) for n in range(1, 11)]
    ranked = order(lane_key(seed, "L1"), targets)
    numbers = [int(target[4:]) for _, target in ranked]
    assert numbers == [5, 7, 4, 2, 9, 8, 3, 10, 6, 1]
    assert ranked[0][0] == "012904c4b478f86586668ad2ae2cea566ee33e719561aa0ac9ea23b179dfd4ea"
    assert first(lane_key(seed, "L1"), targets, 3) == ranked[:3]


@pytest.mark.parametrize("suite", sorted(V2))
def test_v2_whole_draw(suite: str):
    """Announcement, seed and result of the whole-draw vector come out and verify."""
    bundle = Bundle.open(VECTORS / f"v2-{suite}")
    adigest, seed, rdigest = V2[suite]
    assert bundle.announcement().digest == adigest
    report = verify(bundle)
    assert report.ok
    details = " ".join(check.detail for check in report.checks)
    assert seed in details
    assert rdigest in details


def test_v2_inclusion_proof_of_leaf_nine():
    """The inclusion proof of leaf 9 is the published one."""
    data = (VECTORS / "v2-sha256" / "frame-F1.vdr").read_bytes()
    frame = Frame.parse("F1", "J1", data)
    hashes = [leaf_hash(leaf.line().encode()) for leaf in frame.leaves]
    assert frame.leaves[9].target == "91341282MA2N00010K"
    assert [step.hex()[:8] for step in inclusion_path(hashes, 9)] == [
        "7c37539e",
        "c89f8b80",
        "59bf3f01",
        "bea4dce3",
    ]


def test_v3_matching_looks_ahead():
    """The look-ahead vector: task order, ceiling, assignments and skips."""
    salt = "0" * 32

    def person(name: str, dept: str, district: str, *tags: str) -> Inspector:
        return Inspector(name, dept, district, 3, 0, tags, salt)

    roster = Roster(
        [
            person("A01", "SCJG", "D1", "lead", "special"),
            person("A02", "SCJG", "D1", "special"),
            person("A03", "SCJG", "D2"),
            person("A04", "SCJG", "D2", "lead"),
            person("B01", "YJGL", "D1", "lead"),
            person("B02", "YJGL", "D2"),
            person("B03", "YJGL", "D2", "special"),
        ],
        [
            Recusal("A02", "T3", "kin", salt),
            Recusal("A04", "T1", "kin", salt),
            Recusal("B03", "T2", "kin", salt),
        ],
    )
    slots = [
        Slot("F", "1-SCJG-lead", "SCJG", ("lead",), "any"),
        Slot("F", "2-SCJG", "SCJG", (), "prefer-outside"),
        Slot("F", "3-YJGL", "YJGL", (), "any"),
    ]
    districts = {"T1": "D1", "T2": "D1", "T3": "D2", "T4": "D2"}
    places = {t: [Place(t, slot, d, ()) for slot in slots] for t, d in districts.items()}
    found = match(hx("vdr1 test seed 3"), places, roster, 0, "sha256")
    assert found.ceiling == 2
    assert [(m.target, m.inspector, m.eligible) for m in found.men] == [
        ("T2", "A01", 2),
        ("T2", "A03", 4),
        ("T2", "B02", 2),
        ("T1", "A01", 1),
        ("T1", "A02", 3),
        ("T1", "B01", 3),
        ("T4", "A04", 2),
        ("T4", "A02", 4),
        ("T4", "B03", 3),
        ("T3", "A04", 2),
        ("T3", "A03", 3),
        ("T3", "B03", 3),
    ]
    assert [(s.target, s.inspector, s.reason) for s in found.skips] == [
        ("T1", "A03", "would-block"),
        ("T3", "A01", "full"),
    ]
