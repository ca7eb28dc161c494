"""The verifier's commands for the log: everything offline, with the keys that one has pinned."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from toylog import Eye, Log, key

from fairdraw.cli import main
from fairdraw.logchecks import consistency_checks, moment
from fairdraw.logproof import Opened
from fairdraw.merkle import consistency_path
from fairdraw.note import Checkpoint
from fairdraw.tiles import tiles_of

OPENED = Opened(bytes(range(16)), b'{"kind":"plan.filed"}')
LOG, EYE = Log.of(600), Eye()
LOG.entries[300] = OPENED.entry()
STRANGER = Log.of(0, private=key(8)).verifier.text
KEY = ("--key", LOG.verifier.text)
WITNESS = ("--witness", EYE.verifier.text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Proofs, checkpoints and a copy of the log."""
    note = LOG.note(None, EYE.line(LOG.checkpoint().text()))
    write(tmp_path / "e.tlog-proof", LOG.proof(300, OPENED, note).text())
    write(tmp_path / "secret.tlog-proof", LOG.proof(7).text())
    write(tmp_path / "bare.tlog-proof", LOG.proof(300).text())
    write(tmp_path / "new", note)
    for size in (0, 300):
        write(tmp_path / f"old-{size}", LOG.note(size))
    write(tmp_path / "body", OPENED.body.decode())
    write(tmp_path / "path", lines(consistency_path(LOG.hashes, 300)))
    for tile in tiles_of(600):
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(LOG.tile(tile))
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write a text with its line feeds as they are."""
    path.write_bytes(text.encode())


def lines(hashes: list[bytes]) -> str:
    """Return hashes in base64, one per line."""
    return "".join(b64encode(one).decode() + "\n" for one in hashes)


def ask(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run a command whose words with an at sign are files; return status and what was said."""
    status = main([str(folder / word[1:]) if word.startswith("@") else word for word in words])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_an_opened_event_is_found_in_the_log(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Event, signature, witness, place: a sentence each, in both languages."""
    status, said = ask(folder, capsys, "log-proof", "@e.tlog-proof", *KEY, *WITNESS)
    assert status == 0
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "ok   event",
        "ok   checkpoint",
        "ok   witness",
        "ok   inclusion",
        "verify",
    ]
    assert "entry 300 of 600" in said
    status, said = ask(folder, capsys, "log-proof", "@e.tlog-proof", *KEY, "--lang", "zh")
    assert status == 0
    assert "600 条中的第 300 号" in said
    assert said.endswith("核验通过 verify: OK\n")


def test_an_event_published_by_itself_is_found_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    """Body and salt beside a proof, with or without the event inside; another salt is another event."""
    own = ("--body", "@body", "--salt", OPENED.salt.hex())
    for proof in ("@bare.tlog-proof", "@e.tlog-proof"):
        assert ask(folder, capsys, "log-proof", proof, *KEY, *own)[0] == 0
    other = ("--body", "@body", "--salt", "00" * 16)
    status, said = ask(folder, capsys, "log-proof", "@e.tlog-proof", *KEY, *other)
    assert (status, "another event" in said) == (1, True)
    status, said = ask(folder, capsys, "log-proof", "@bare.tlog-proof", *KEY, *other)
    assert (status, "do not lead" in said) == (1, True)
    for salt in (("--salt", "xy"), ("--salt", "00"), ()):
        status, said = ask(
            folder, capsys, "log-proof", "@bare.tlog-proof", *KEY, "--body", "@body", *salt
        )
        assert (status, "32 hex digits" in said) == (2, True)


def test_a_secret_event_stays_secret(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Nothing differs, and the verifier says what it could not check."""
    status, said = ask(folder, capsys, "log-proof", "@secret.tlog-proof", *KEY)
    assert (status, "not opened" in said) == (0, True)


def test_the_key_of_another_log_accepts_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    """The pinned key decides; a witness that has not signed is missed."""
    status, said = ask(folder, capsys, "log-proof", "@e.tlog-proof", "--key", STRANGER)
    assert (status, "no known key" in said) == (1, True)
    status, said = ask(folder, capsys, "log-checkpoint", "@old-300", *KEY, *WITNESS)
    assert (status, "has not witnessed" in said) == (1, True)
    assert ask(folder, capsys, "log-checkpoint", "@new", *KEY, *WITNESS)[0] == 0


@pytest.mark.parametrize("way", [("--path", "@path"), ("--tiles", "@")])
def test_growth_is_proven_by_a_path_or_by_tiles(
    way: tuple[str, str], folder: Path, capsys: pytest.CaptureFixture[str]
):
    """From 300 to 600; a history that was rewritten is refused."""
    status, said = ask(folder, capsys, "log-growth", "@old-300", "@new", *KEY, *way)
    assert status == 0
    assert "300 entries of before stand unchanged among the 600" in said
    write(folder / "old-300", Log.of(300, "rewritten").note())
    status, said = ask(folder, capsys, "log-growth", "@old-300", "@new", *KEY, *way)
    assert (status, "do not begin with" in said) == (1, True)


def test_growth_needs_a_proof_but_from_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    """An empty log grew into any; the same size needs the same root."""
    assert ask(folder, capsys, "log-growth", "@old-0", "@new", *KEY)[0] == 0
    assert ask(folder, capsys, "log-growth", "@new", "@new", *KEY)[0] == 0
    status, said = ask(folder, capsys, "log-growth", "@old-300", "@new", *KEY)
    assert (status, "--path or --tiles" in said) == (1, True)
    status, said = ask(folder, capsys, "log-growth", "@new", "@old-300", *KEY)
    assert (status, "larger" in said) == (1, True)
    status, said = ask(folder, capsys, "log-growth", "@new", "@new", "--key", STRANGER)
    assert (status, said.count("no known key")) == (1, 2)


def test_tiles_of_another_log_prove_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    """A copy that is wrong or not whole."""
    tile = folder / "tile/0/001"
    tile.write_bytes(bytes(8192))
    way = ("log-growth", "@old-300", "@new", *KEY, "--tiles", "@")
    status, said = ask(folder, capsys, *way)
    assert (status, "do not give the root" in said) == (1, True)
    tile.unlink()
    assert ask(folder, capsys, *way)[0] == 2


def test_checkpoints_of_two_logs_are_not_compared():
    """Whatever their sizes."""
    here, there = LOG.checkpoint(), Checkpoint("else", 600, LOG.checkpoint().root)
    (found,) = consistency_checks(here, there, tuple)
    assert (found.ok, "two logs" in found.detail) == (False, True)


def test_a_witness_may_name_any_time():
    """Even one that no calendar holds."""
    assert moment(0) == "1970-01-01T08:00:00+08:00"
    assert moment(2**63 - 1) == moment(2**50)


def test_what_cannot_be_read_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Exit 2 and a sentence, in both languages."""
    for words in (("log-proof", "@body"), ("log-checkpoint", "@gone"), ("log-proof", "@")):
        for lang in ("en", "zh"):
            assert ask(folder, capsys, *words, *KEY, "--lang", lang)[0] == 2
    assert ask(folder, capsys, "log-checkpoint", "@new", "--key", "no-key")[0] == 2


def test_the_single_file_verifies_a_proof(folder: Path):
    """`fairdraw.pyz`, alone in its folder, without the installed package."""
    from tools.verifier import main as make

    make()
    archive = Path(__file__).parents[3] / "build" / "fairdraw.pyz"
    done = subprocess.run(
        [sys.executable, "-I", str(archive), "log-proof", str(folder / "e.tlog-proof"), *KEY],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("verify: OK")
