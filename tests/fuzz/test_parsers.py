"""Damaged files of every kind: read or refused with file, line and reason, by both languages."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from fuzz.damage import damaged, damaged_bundles, kind_of
from node.test_javascript import NODE, run_node
from unit.fairdraw import draws

from fairdraw import sums
from fairdraw.announce import Announcement
from fairdraw.cli import main
from fairdraw.disclosure import PublicEdition, Receipt, salts_of
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify, write_folder, write_zip
from fairdraw.frame import Frame
from fairdraw.rematch import Rematch
from fairdraw.replace import Replacement
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.void import VoidRecord

# How many damaged copies of each published vector's files; the long run has hundreds.
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "4"))
HERE = Path(__file__).parent
PARSERS: dict[str, Callable[[bytes, str], object]] = {
    "announcement": lambda data, _name: Announcement.parse(data),
    "frame": lambda data, name: Frame.parse(name[len("frame-") : -len(".vdr")], "J1", data),
    "roster": lambda data, _name: Roster.parse(data),
    "opening": lambda data, _name: Opening.parse(data),
    "void": lambda data, _name: VoidRecord.parse(data),
    "replace": Replacement.parse,
    "rematch": Rematch.parse,
    "outcome": lambda data, _name: salts_of(data),
    "public": lambda data, _name: PublicEdition.parse(data),
    "receipt": lambda data, _name: Receipt.parse(data),
    "SHA256SUMS": lambda data, _name: sums.parse(data),
}


@pytest.mark.parametrize("kind", sorted(PARSERS))
def test_a_damaged_file_is_read_or_refused_with_file_line_and_reason(kind: str):
    """Byte, field, line or piece: the refusal names its place and says why in both languages."""
    chance = Random(kind)
    found = [
        (name, data)
        for vector in sorted(draws.VECTORS)
        for name, data in sorted(draws.vector(vector).items())
        if kind_of(name) == kind
    ]
    refused = 0
    for name, data in found * (100 * ROUNDS // len(found)):
        changed = damaged(chance, data)
        try:
            PARSERS[kind](changed, name)
        except FairdrawError as error:
            refused += 1
            lines = changed.count(b"\n") + 1
            assert (error.file, error.reason != "") == (name, True), changed
            assert 1 <= error.line <= lines, (str(error), changed)
            assert error.say("en").startswith(f"{name}:{error.line}: ")
            assert error.say("zh").startswith(f"{name}:{error.line}: ")
    assert refused > 20


def judged(files: draws.Files) -> bool:
    """Say whether the core objects to nothing."""
    try:
        return verify(Bundle(Path("bundle"), files)).ok
    except FairdrawError:
        return False


@pytest.mark.skipif(NODE is None, reason="no node here")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_core_and_browser_judge_damaged_bundles_alike(number: int):
    """One damaged file in a whole bundle, with and without its digests: the same verdict."""
    made = damaged_bundles(number)
    given = json.dumps([{n: d.hex() for n, d in files.items()} for _, _, files in made])
    answers = json.loads(run_node(str(HERE.parent / "node" / "judge.mjs"), given=given))
    differing = [
        (vector, name, "SHA256SUMS" in files, answer["said"], files[name])
        for (vector, name, files), answer in zip(made, answers, strict=True)
        if judged(files) != answer["ok"]
    ]
    assert differing == []
    assert sum(not answer["ok"] for answer in answers) > len(answers) // 2


COMMANDS = (["verify"], ["draw"], ["chances", "--simulations", "2"])


@pytest.mark.parametrize("number", range(min(ROUNDS, 4)))
def test_no_damaged_bundle_makes_a_command_break(number: int, tmp_path: Path, capsys):
    """As a folder and as a zip: status 0, 1 or 2, and words for what is wrong."""
    chance = Random(number)
    for at, (_, name, files) in enumerate(chance.sample(damaged_bundles(number + 1000), 25)):
        if chance.random() < 0.5:
            path = tmp_path / str(at)
            write_folder(path, {n: d for n, d in files.items() if n != "SHA256SUMS"})
        else:
            path = tmp_path / f"{at}.zip"
            path.write_bytes(write_zip(files))
        words = chance.choice((*COMMANDS, ["prove", "F1", "91341282MA0000001"]))
        command = [words[0], str(path), *words[1:]]
        status = main([*command, "--lang", chance.choice(("zh", "en"))])
        said = capsys.readouterr()
        assert status in (0, 1, 2), (name, words)
        assert said.err if status == 2 else said.out


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_damaged_zip_is_read_or_refused(number: int, tmp_path: Path):
    """Bytes of the container itself changed, cut or repeated: refused, or the same files."""
    chance = Random(number)
    whole = write_zip(draws.vector("short-2"))
    path = tmp_path / "b.zip"
    for _ in range(60):
        path.write_bytes(damaged(chance, whole))
        try:
            bundle = Bundle.open(path)
            verify(bundle)
        except FairdrawError as error:
            assert error.file
            assert error.say("zh")
