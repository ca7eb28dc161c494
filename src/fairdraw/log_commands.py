"""The commands ``fairdraw log`` (存证核验命令): a proof, a checkpoint, the growth between two."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any, List, Sequence, Tuple

from fairdraw.errors import BadNote
from fairdraw.logchecks import checkpoint_checks, consistency_checks, path_from_tiles, proof_checks
from fairdraw.logproof import SALT, Opened, parse_log_proof
from fairdraw.note import Checkpoint, Verifier, hash_of, parse_vkey, read_text
from fairdraw.report import Check
from fairdraw.tiles import Tile


def add_commands(commands: Any) -> List[argparse.ArgumentParser]:
    """Add the commands to a parser's (登记命令) and return theirs."""
    proof = commands.add_parser("log-proof", help="check that an event is in the log")
    proof.add_argument("file", type=Path, help="a .tlog-proof")
    proof.add_argument("--body", type=Path, help="the event's body, when published by itself")
    proof.add_argument("--salt", help="its salt, 32 hex digits")
    proof.set_defaults(run=_proof)
    one = commands.add_parser("log-checkpoint", help="check who has signed a checkpoint")
    one.add_argument("file", type=Path)
    one.set_defaults(run=_checkpoint)
    both = commands.add_parser("log-growth", help="check that one checkpoint grew into another")
    both.add_argument("old", type=Path)
    both.add_argument("new", type=Path)
    way = both.add_mutually_exclusive_group()
    way.add_argument("--path", type=Path, help="the consistency proof, one base64 hash per line")
    way.add_argument("--tiles", type=Path, help="a copy of the log, with its folder tile")
    both.set_defaults(run=_growth)
    made = [proof, one, both]
    for command in made:
        command.add_argument("--key", action="append", required=True, help="the log's public key")
        command.add_argument("--witness", action="append", default=[], help="a witness's key")
    return made


def _keys(options: argparse.Namespace) -> Tuple[List[Verifier], List[Verifier]]:
    return [parse_vkey(key) for key in options.key], [parse_vkey(key) for key in options.witness]


def _proof(options: argparse.Namespace) -> List[Check]:
    keys, witnesses = _keys(options)
    proof = parse_log_proof(options.file.read_bytes(), options.file.name)
    given = _opened(options.body, options.salt) if options.body else None
    return proof_checks(proof, keys, witnesses, given, options.file.name)


def _opened(body: Path, salt: str) -> Opened:
    try:
        data = bytes.fromhex(salt or "")
    except ValueError:
        data = b""
    if len(data) != SALT:
        raise BadNote("a salt has 32 hex digits", file="salt")
    return Opened(data, body.read_bytes())


def _checkpoint(options: argparse.Namespace) -> List[Check]:
    return _signed(options.file, options)[0]


def _signed(file: Path, options: argparse.Namespace) -> Tuple[List[Check], List[Checkpoint]]:
    text = read_text(file.read_bytes(), file.name)
    made, found = checkpoint_checks(text, *_keys(options), file.name)
    return made, [found] if found else []


def _growth(options: argparse.Namespace) -> List[Check]:
    made, checkpoints = _signed(options.old, options)
    more, newer = _signed(options.new, options)
    checkpoints += newer
    made += more
    if len(checkpoints) < 2:
        return made
    old, new = checkpoints
    if options.tiles:
        path = partial(path_from_tiles, old, new, partial(_tile, options.tiles))
    else:
        path = partial(_path, options.path)
    return made + consistency_checks(old, new, path)


def _tile(folder: Path, tile: Tile) -> bytes:
    return (folder / tile.path).read_bytes()


def _path(file: Path) -> Sequence[bytes]:
    if file is None:
        raise BadNote("a proof of the growth is needed: --path or --tiles", file="growth")
    lines = read_text(file.read_bytes(), file.name).splitlines()
    return [hash_of(line, file=file.name, line=n) for n, line in enumerate(lines, start=1)]
