"""The command: verify, draw, prove, chances; 0 all right, 1 differs, 2 cannot be read."""

from __future__ import annotations

import runpy
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from unit.fairdraw import draws

from fairdraw import cli
from fairdraw.chances import simulate
from fairdraw.cli import main
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, write_folder
from fairdraw.merkle import leaf_hash, verify_inclusion

V2 = Path(__file__).parent.parent.parent / "vectors" / "v2-sha256"


def test_it_runs_as_a_module(monkeypatch, capsys):
    """``python -m fairdraw`` leaves with the status of the verification."""
    monkeypatch.setattr(sys, "argv", ["fairdraw", "verify", str(V2)])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("fairdraw", run_name="__main__")
    assert left.value.code == 0
    assert "verify: OK" in capsys.readouterr().out


def test_attempts_are_verified_in_their_order(tmp_path: Path, capsys):
    """Several bundles in one call: each of them, then how they follow one another."""
    for name, files in zip(("one", "two"), draws.voided(), strict=True):
        write_folder(tmp_path / name, files)
    paths = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert main(["verify", *paths]) == 0
    said = capsys.readouterr().out
    assert f"== {paths[1]}" in said
    assert "follows the voided attempt" in said
    assert main(["verify", *reversed(paths)]) == 1


def test_a_proof_leads_to_the_announced_root(capsys):
    """What ``prove`` prints is enough to check that an entry was sealed."""
    assert main(["prove", str(V2), "F1", "91341282MA2N00010K"]) == 0
    root, size, line, *path = capsys.readouterr().out.splitlines()
    _, total, _, index = size.split()
    steps = [bytes.fromhex(step.split()[1]) for step in path]
    sealed = bytes.fromhex(root.split()[1])
    assert root.split()[1] == Bundle.open(V2).announcement().frames[0].root
    assert verify_inclusion(leaf_hash(line.encode()), int(index), int(total), steps, sealed)
    assert not verify_inclusion(leaf_hash(b"x"), int(index), int(total), steps, sealed)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["F9", "x"], "no list is called F9"), (["F1", "nobody"], "nobody is not in list F1")],
)
def test_what_is_not_sealed_cannot_be_proved(arguments, reason, capsys):
    """Unknown list, unknown target: status 2 and a sentence."""
    assert main(["prove", str(V2), *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_the_statement_of_chances_is_the_same_for_everybody(capsys):
    """The seeds are published, so the printed statement is a function of the announcement."""
    assert main(["chances", str(V2), "--simulations", "30"]) == 0
    once = capsys.readouterr().out
    assert main(["chances", str(V2), "--simulations", "30", "--lang", "en"]) == 0
    assert capsys.readouterr().out == once
    assert "30 simulated draws of 640167bd" in once
    assert "expected SCJG-001" in once
    assert main(["chances", str(V2), "--simulations", "5", "--lang", "zh"]) == 0
    assert "模拟" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["chances", str(V2), "--simulations", "0"])


def test_chances_count_what_was_drawn():
    """Expected places add up; a place for which one person is eligible is named."""
    bundle = Bundle.open(V2)
    announcement = bundle.announcement()
    frames, roster = bundle.frames(announcement), bundle.roster(announcement)
    told: list[tuple[int, int]] = []
    found = simulate(announcement, frames, roster, 40, lambda done, of: told.append((done, of)))
    assert told[-1] == (40, 40)
    feasible = found.simulations - found.infeasible
    assert sum(found.expected.values()) == sum(found.pairs.values())
    assert sum(found.drawn.values()) == 6 * feasible
    assert found.largest is not None
    assert found.largest[1] <= 1.0


def test_chances_go_on_from_where_they_were_broken_off():
    """The first simulations count on: broken off anywhere, what comes out is the same."""
    bundle = Bundle.open(V2)
    announcement = bundle.announcement()
    known = announcement, bundle.frames(announcement), bundle.roster(announcement)
    whole = simulate(*known, 20)
    for first in (0, 1, 7, 19, 20):
        begun = simulate(*known, first)
        assert simulate(*known, 20, None, begun) == whole
        assert begun == simulate(*known, first)
    other = Bundle(Path("b"), draws.team())
    announcement = other.announcement()
    with pytest.raises(FairdrawError, match="another announcement"):
        simulate(
            announcement, other.frames(announcement), other.roster(announcement), 20, begun=begun
        )


def test_chances_warn_where_nothing_is_left_to_chance():
    """One lead for all targets: only-one for each place, and probability one with each target."""
    files = draws.team()
    bundle = Bundle(Path("b"), files)
    announcement = bundle.announcement()
    frames, roster = bundle.frames(announcement), bundle.roster(announcement)
    found = simulate(announcement, frames, roster, 60)
    said = [words.say() for words in found.sentences()]
    assert any(line.startswith("warning > 0.5") and "with P-1" in line for line in said)
    assert any(line.startswith("warning only-one") and line.endswith("only P-1") for line in said)
    assert {who for _, _, who in found.only_one} == {"P-1"}
    weak = Bundle(Path("b"), draws.short()[0])
    announcement = weak.announcement()
    lost = simulate(announcement, weak.frames(announcement), weak.roster(announcement), 5)
    assert lost.infeasible == 5
    assert lost.largest is None
    assert len(list(lost.sentences())) == 1 + 5 + len(lost.only_one)
    assert lost.warnings == []
    assert lost.expected == Counter(dict.fromkeys([f"P-{n}" for n in range(1, 6)], 0))


def test_chances_need_a_roster():
    """A draw without officers, or a copy without its roster, is refused."""
    for files in (draws.replaced(), {k: v for k, v in draws.team().items() if k != "roster.vdr"}):
        bundle = Bundle(Path("b"), files)
        announcement = bundle.announcement()
        with pytest.raises(FairdrawError, match="no roster"):
            simulate(announcement, bundle.frames(announcement), bundle.roster(announcement), 5)


def test_progress_is_shown_to_a_person_only(monkeypatch, capsys):
    """On a terminal a counter runs; into a file nothing is written."""
    cli._progress(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    cli._progress(2, 2)
    assert capsys.readouterr().err == "\r2/2\n"


def test_a_draw_with_a_roster_needs_it(tmp_path: Path, capsys):
    """Without its roster a bundle is not drawn: the officers would be missing."""
    files = {k: v for k, v in draws.team().items() if k not in ("roster.vdr", "result.vdr")}
    write_folder(tmp_path / "b", files)
    assert main(["draw", str(tmp_path / "b")]) == 2
    assert "roster.vdr: is missing" in capsys.readouterr().err


def test_a_draw_without_officers_and_embargo_is_drawn(tmp_path: Path, capsys):
    """Lists alone are enough; where nothing is held back nothing is said of it."""
    frames = [draws.listed("F1", range(24))]
    announcement, opening = draws.announced(frames, None)
    open_one = replace(announcement, embargo="-")
    files, result = draws.bundle_of(open_one, frames, None, opening)
    assert (result.ceiling, result.assignments, result.shortage) == (None, [], None)
    del files["result.vdr"]
    write_folder(tmp_path / "b", files)
    assert main(["draw", str(tmp_path / "b")]) == 0
    assert main(["verify", str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert f"rdigest {result.digest}" in said
    assert "nothing is published before" not in said


def test_what_the_disk_refuses_is_told(tmp_path: Path, capsys):
    """A folder that may not be written into ends with status 2 and no traceback."""
    files = {k: v for k, v in draws.team().items() if k != "result.vdr"}
    write_folder(tmp_path / "b", files)
    (tmp_path / "b" / "result.vdr").symlink_to(tmp_path / "nowhere" / "x")
    assert main(["draw", str(tmp_path / "b")]) == 2
    assert "refused" in capsys.readouterr().err
