"""The browser's verifier, run by Node: the second implementation of vdr1 agrees with the first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from node.worlds import random_bundle

from fairdraw.evidence import write_folder, write_zip

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
V2 = ROOT / "tests" / "vectors" / "v2-sha256"
PACKAGED = ROOT / ".venv" / "bin" / "node"
NODE = str(PACKAGED) if PACKAGED.exists() else shutil.which("node")
N_RANDOM = int(os.environ.get("RANDOM_BUNDLES", "60"))

pytestmark = pytest.mark.skipif(NODE is None, reason="no node here")


def _node(*arguments: str) -> str:
    done = subprocess.run(
        [str(NODE), "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _recompute(*asked: dict[str, object]) -> list[dict]:
    lines = _node(str(HERE / "recompute.mjs"), *(json.dumps(one) for one in asked)).splitlines()
    return [json.loads(line) for line in lines]


def _bad(answer: dict) -> list[dict]:
    return [step for step in answer["steps"] if step["state"] == "bad"]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.test.mjs")), ids=lambda p: p.name)
def test_the_modules_pass_their_own_tests(path: Path):
    """Standards, protocol vectors, readers: what is tested in JavaScript itself."""
    _node("--test", str(path))


def test_random_draws_come_out_the_same_byte_for_byte(tmp_path: Path):
    """Frames, lanes, weights, suites, sources, regions, shortages: same result and no objection."""
    bundles = {str(tmp_path / str(n)): random_bundle(n) for n in range(N_RANDOM)}
    for path, files in bundles.items():
        write_folder(Path(path), files)
    for answer in _recompute(*({"path": path} for path in bundles)):
        assert not _bad(answer), (answer["path"], _bad(answer))
        expected = bundles[answer["path"]]["result.vdr"].decode()
        assert answer["result"] == expected, answer["path"]


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
