"""A bundle verifies, and any change to it is found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.cli import main
from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify, write_zip
from fairdraw.merkle import verify_consistency, verify_inclusion
from tools.verifier import main as make

TESTS = Path(__file__).parent.parent.parent
V2 = TESTS / "vectors" / "v2-sha256"
FILES = {
    p.name if p.parent == V2 else f"docs/{p.name}": p.read_bytes()
    for p in V2.rglob("*")
    if p.is_file()
}


@given(st.sampled_from(sorted(FILES)), st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_is_found(name: str, at: int, change: int):
    """Changing one byte of one file makes verification fail or refuse."""
    data = bytearray(FILES[name])
    data[at % len(data)] ^= change
    bundle = Bundle(V2, {**FILES, name: bytes(data)})
    try:
        report = verify(bundle)
    except FairdrawError:
        return
    assert not report.ok


def test_verify_names_what_differs(tmp_path: Path, capsys):
    """A changed rank is told with file and line, exit status 1."""
    shutil.copytree(V2, tmp_path / "b")
    result = tmp_path / "b" / "result.vdr"
    result.write_text(result.read_text().replace("hit|F1|S1|1|", "hit|F1|S1|2|", 1))
    assert main(["verify", str(tmp_path / "b")]) == 1
    assert "result.vdr:2" in capsys.readouterr().out


def test_draw_writes_the_result_once(tmp_path: Path, capsys):
    """A bundle without result gets the right one; a second time is refused with status 2."""
    shutil.copytree(V2, tmp_path / "b")
    (tmp_path / "b" / "result.vdr").unlink()
    assert main(["draw", str(tmp_path / "b")]) == 0
    assert (tmp_path / "b" / "result.vdr").read_bytes() == FILES["result.vdr"]
    assert "rdigest 4cbe5631" in capsys.readouterr().out
    assert main(["draw", str(tmp_path / "b")]) == 2
    assert "never overwritten" in capsys.readouterr().err


def test_a_zip_is_a_bundle_too(tmp_path: Path):
    """A zip of the bundle verifies and can be drawn into."""
    path = tmp_path / "b.zip"
    path.write_bytes(write_zip({n: d for n, d in FILES.items() if n != "result.vdr"}))
    assert main(["draw", str(path)]) == 0
    assert Bundle.open(path).files["result.vdr"] == FILES["result.vdr"]
    assert main(["verify", str(path)]) == 0


def test_the_public_copy_says_what_it_cannot_check(tmp_path: Path, capsys):
    """Without its roster a bundle still verifies, matching excepted."""
    shutil.copytree(V2, tmp_path / "b")
    (tmp_path / "b" / "roster.vdr").unlink()
    assert main(["verify", str(tmp_path / "b")]) == 0
    assert "skip matching" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04rubbish", b"\xff" * 99])
def test_rubbish_is_refused_without_a_traceback(data: bytes, tmp_path: Path):
    """What is no bundle ends with status 2."""
    path = tmp_path / "rubbish"
    path.write_bytes(data)
    assert main(["verify", str(path)]) == 2
    assert main(["verify", str(tmp_path / "nothing")]) == 2


@given(st.binary(max_size=400))
def test_parsers_never_break(data: bytes):
    """Any bytes as announcement are read or refused, nothing else."""
    bundle = Bundle(V2, {**FILES, "announcement.vdr": data})
    with pytest.raises(FairdrawError):
        verify(bundle)


def test_the_single_file_verifier_runs_anywhere(tmp_path: Path):
    """The archive verifies a bundle from another folder, isolated from this environment."""
    make()
    copy = tmp_path / "fairdraw.pyz"
    shutil.copyfile(TESTS.parent / "build" / "fairdraw.pyz", copy)
    done = subprocess.run(
        [sys.executable, "-I", str(copy), "verify", str(V2)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("verify: OK")


def _cases(kind: str):
    path = TESTS / "vectors" / "merkle-vectors.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row for row in rows if row["kind"] == kind]


@pytest.mark.parametrize("case", _cases("inclusion"), ids=lambda c: c["name"])
def test_foreign_inclusion_proofs(case):
    """Inclusion proofs, good and bad, of transparency-dev/merkle."""
    path = [b64decode(step) for step in case["proof"] or []]
    good = verify_inclusion(
        b64decode(case["leafHash"] or ""),
        case["leafIdx"],
        case["treeSize"],
        path,
        b64decode(case["root"] or ""),
    )
    assert good is not case["wantErr"]


@pytest.mark.parametrize("case", _cases("consistency"), ids=lambda c: c["name"])
def test_foreign_consistency_proofs(case):
    """Consistency proofs, good and bad, of transparency-dev/merkle."""
    path = [b64decode(step) for step in case["proof"] or []]
    good = verify_consistency(
        case["size1"],
        case["size2"],
        b64decode(case["root1"] or ""),
        b64decode(case["root2"] or ""),
        path,
    )
    assert good is not case["wantErr"]
