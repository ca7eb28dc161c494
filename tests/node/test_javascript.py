"""The browser's verifier, run by Node: the second implementation of vdr1 agrees with the first."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest
from node.worlds import random_bundle

from fairdraw.announce import Announcement
from fairdraw.errors import FairdrawError
from fairdraw.evidence import write_folder, write_zip
from fairdraw.frame import Frame
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.seed import seed as form_seed
from fairdraw.void import VoidRecord

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
V2 = ROOT / "tests" / "vectors" / "v2-sha256"
PACKAGED = ROOT / ".venv" / "bin" / "node"
NODE = str(PACKAGED) if PACKAGED.exists() else shutil.which("node")
N_RANDOM = int(os.environ.get("RANDOM_BUNDLES", "60"))

pytestmark = pytest.mark.skipif(NODE is None, reason="no node here")


PARSERS = {
    "announcement": lambda data, _beside: Announcement.parse(data),
    "frame": lambda data, _beside: Frame.parse("F1", "J1", data),
    "roster": lambda data, _beside: Roster.parse(data),
    "opening": lambda data, beside: form_seed(Announcement.parse(beside), Opening.parse(data)),
    "void": lambda data, _beside: VoidRecord.parse(data),
}
ODD = ("-", "", "0", "01", "-1", "65", "2147483648", "E", "lead+lead", "+", "a b", "A" * 65)
ODD += ("@need", "é", "\t", "2026-02-29", "all", "ratio:1/0:up", "ratio:1/2", "fixed:x", "drand")


def run_node(*arguments: str, given: str | None = None) -> str:
    """Return what Node says."""
    done = subprocess.run(
        [str(NODE), "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        input=given,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _recompute(*asked: dict[str, object]) -> list[dict]:
    lines = run_node(str(HERE / "recompute.mjs"), *(json.dumps(one) for one in asked)).splitlines()
    return [json.loads(line) for line in lines]


def _bad(answer: dict) -> list[dict]:
    return [step for step in answer["steps"] if step["state"] == "bad"]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.test.mjs")), ids=lambda p: p.name)
def test_the_modules_pass_their_own_tests(path: Path):
    """Standards, protocol vectors, readers: what is tested in JavaScript itself."""
    run_node("--test", str(path))


def test_random_draws_come_out_the_same_byte_for_byte(tmp_path: Path):
    """Frames, lanes, weights, suites, sources, regions, shortages: same result and no objection."""
    bundles = {str(tmp_path / str(n)): random_bundle(n) for n in range(N_RANDOM)}
    for path, files in bundles.items():
        write_folder(Path(path), files)
    for answer in _recompute(*({"path": path} for path in bundles)):
        assert not _bad(answer), (answer["path"], _bad(answer))
        expected = bundles[answer["path"]]["result.vdr"].decode()
        assert answer["result"] == expected, answer["path"]


def test_the_published_vectors_come_out_and_nothing_is_objected():
    """Lanes, SM3, spares, sealed reserve, re-matching, void, shortage: the second one agrees."""
    folders = {str(path.parent): path for path in (ROOT / "tests" / "vectors").glob("*/ann*.vdr")}
    assert len(folders) >= 11
    for answer in _recompute(*({"path": path} for path in folders)):
        assert not _bad(answer), (answer["path"], _bad(answer))
        assert answer["result"] == (Path(answer["path"]) / "result.vdr").read_text()


def test_random_receipts_verify(tmp_path: Path):
    """Every receipt that Python makes leads to the published roots."""
    asked = []
    for n in range(N_RANDOM):
        files = random_bundle(n)
        if "receipt.vdr" in files:
            names = ("receipt.vdr", "public.vdr")
            write_folder(tmp_path / str(n), {name: files[name] for name in names})
            asked.append({"path": str(tmp_path / str(n))})
    assert len(asked) > 10
    for answer in _recompute(*asked):
        assert answer["ok"], (answer["path"], _bad(answer))


def test_a_public_copy_verifies_but_for_the_roster(tmp_path: Path):
    """Without its roster a zip verifies; the step says what could not be checked."""
    files = {p.name: p.read_bytes() for p in V2.glob("*.vdr") if p.name != "roster.vdr"}
    (tmp_path / "bundle.zip").write_bytes(write_zip(files))
    (answer,) = _recompute({"path": str(tmp_path / "bundle.zip")})
    assert answer["ok"]
    states = {step["id"]: step["state"] for step in answer["steps"]}
    assert states["result"] == "ok"
    assert states["matching"] == "open"


@pytest.mark.parametrize("number", [0, 3])
def test_any_changed_byte_is_found(number: int, tmp_path: Path):
    """Every byte of every file of a whole bundle, changed in its lowest bit, is noticed."""
    files = next(
        files
        for files in map(random_bundle, range(number * 100, number * 100 + 100))
        if "public.vdr" in files and "roster.vdr" in files and sum(map(len, files.values())) < 9000
    )
    files = {name: data for name, data in files.items() if name != "receipt.vdr"}
    write_folder(tmp_path / "b", files)
    (answer,) = _recompute({"path": str(tmp_path / "b"), "flips": [1]})
    assert answer["missed"] == []


def test_any_changed_byte_of_a_receipt_is_found(tmp_path: Path):
    """A receipt with its public edition binds every byte of both that speaks of this business."""
    files = next(files for files in map(random_bundle, range(100)) if "receipt.vdr" in files)
    write_folder(tmp_path / "r", {name: files[name] for name in ("receipt.vdr", "public.vdr")})
    (answer,) = _recompute({"path": str(tmp_path / "r"), "flips": [1, 32]})
    assert [row for row in answer["missed"] if row[0] == "receipt.vdr"] == []


def _damaged(chance: Random, data: bytes) -> bytes:
    """Change one field, line or byte of a file as somebody careless or sly would."""
    lines = data.decode("latin-1").split("\n")
    at = chance.randrange(max(1, len(lines) - 1))
    fields = lines[at].split("|")
    other = chance.randrange(len(fields))
    act = chance.randrange(6)
    if act == 0:
        fields[other] = chance.choice((*ODD, chance.choice(fields), fields[other].upper()))
        lines[at] = "|".join(fields)
    elif act == 1:
        lines[at] = "|".join([*fields[:other], chance.choice(ODD), *fields[other:]])
    elif act == 2:
        del lines[at]
    elif act == 3:
        lines.insert(at, lines[at])
    elif act == 4:
        lines[at - 1], lines[at] = lines[at], lines[at - 1]
    else:
        lines[at] += chance.choice((" ", "\r", "|", "\u00a0", "+"))
    return "\n".join(lines).encode("latin-1")


def test_both_accept_and_refuse_the_same_files():
    """Damaged files of every kind: what one implementation refuses the other refuses."""
    chance = Random(1)
    asked: list[tuple[str, bytes, bytes]] = []
    for number in range(N_RANDOM):
        files = random_bundle(number)
        files["void.vdr"] = b"vdr1|void|%b|T3|V1|%b|-\n" % (b"0" * 64, b"1" * 64)
        for kind in PARSERS:
            name = "frame-F1.vdr" if kind == "frame" else f"{kind}.vdr"
            data = files.get(name, b"")
            beside = files["announcement.vdr"]
            asked += [(kind, _damaged(chance, data), beside) for _ in range(8)]
    given = json.dumps([[kind, data.hex(), beside.hex()] for kind, data, beside in asked])
    answers = json.loads(run_node(str(HERE / "parse.mjs"), given=given))
    differing = []
    for (kind, data, beside), answer in zip(asked, answers, strict=True):
        try:
            PARSERS[kind](data, beside)
            reason = ""
        except FairdrawError as error:
            reason = str(error)
        if bool(reason) != bool(answer):
            differing.append((kind, reason, answer, data))
    assert differing == []
    assert sum(map(bool, answers)) > len(answers) // 3


def test_every_code_has_words_and_every_word_a_use():
    """What the modules can say is what the page has words for, no more and no less."""
    from openlot.portal.verify_words import FACTS, PAGE, REASONS, STEPS

    folder = ROOT / "src" / "openlot" / "portal" / "static" / "portal" / "verify"
    code = "\n".join(path.read_text() for path in sorted(folder.glob("*.js")))
    sources = ("commit", "chain", "digits", "numbers")
    found = set(re.findall(r'Refusal\(\s*"([a-z-]+)"', code))
    found |= set(re.findall(r'return \["([a-z-]+)", [0i]\]', code))
    found |= {f"not-opened-{kind}" for kind in sources}
    assert {f"bad.{one}" for one in found} == set(REASONS)
    steps = set(re.findall(r'steps\.run\(\s*"([a-z-]+)"', code)) | {"bundle"}
    assert {f"step.{one}" for one in steps} == {key for key in STEPS if key.startswith("step.")}
    facts = set(re.findall(r'code: (?:[a-z.() ]+ \? )?"([a-z-]+)"', code))
    facts |= {"document-absent", "cut-none"} | {f"source-{kind}" for kind in sources}
    assert {f"fact.{one}" for one in facts} >= set(FACTS)
    for key in PAGE:
        built = key.startswith("stage.") or key in ("page.wanted", "page.found")
        assert built or f'"{key}"' in code, key
