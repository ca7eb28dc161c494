"""The command ``fairdraw`` (核验程序): verify, draw, prove."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import List, Optional

from fairdraw import __version__, merkle
from fairdraw.disclosure import verify_receipt
from fairdraw.errors import BadBundle, FairdrawError
from fairdraw.evidence import Bundle, recompute, verify
from fairdraw.report import Report

WORDS = {
    "en": {"ok": "verify: OK", "bad": "verify: DIFFERS", "refused": "refused"},
    "zh": {"ok": "核验通过 verify: OK", "bad": "核验不一致 verify: DIFFERS", "refused": "无法读取"},
}


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command (命令入口): 0 all right, 1 something differs, 2 cannot be read."""
    options = _parser().parse_args(argv)
    words = WORDS[options.lang]
    try:
        return int(options.run(options, words))
    except FairdrawError as error:
        _say(f"{words['refused']}: {error}", error=True)
    except (OSError, RecursionError, MemoryError) as error:
        _say(f"{words['refused']}: {error}", error=True)
    return 2


def entry() -> None:
    """Leave with the command's exit status (程序入口)."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fairdraw", description="Verify or run a vdr1 draw.")
    parser.add_argument("--lang", choices=sorted(WORDS), default="en")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("verify", help="recompute a bundle, or check a receipt")
    one.add_argument("bundle", type=Path)
    one.add_argument("--public", type=Path, help="public.vdr to check a receipt against")
    one.set_defaults(run=_verify)
    two = commands.add_parser("draw", help="write result.vdr into a bundle that lacks it")
    two.add_argument("bundle", type=Path)
    two.set_defaults(run=_draw)
    three = commands.add_parser("prove", help="prove that a target is in a sealed list")
    three.add_argument("bundle", type=Path)
    three.add_argument("frame")
    three.add_argument("target")
    three.set_defaults(run=_prove)
    return parser


def _verify(options: argparse.Namespace, words: "dict[str, str]") -> int:
    report = _receipt_report(options) or verify(Bundle.open(options.bundle))
    for check in report.checks:
        _say(str(check))
    _say(words["ok"] if report.ok else words["bad"])
    return 0 if report.ok else 1


def _receipt_report(options: argparse.Namespace) -> Optional[Report]:
    path: Path = options.bundle
    if not path.is_file():
        return None
    data = path.read_bytes()
    if not data.startswith(b"vdr1|receipt|"):
        return None
    return verify_receipt(data, options.public.read_bytes() if options.public else None)


def _draw(options: argparse.Namespace, words: "dict[str, str]") -> int:
    bundle = Bundle.open(options.bundle)
    if "result.vdr" in bundle.files:
        raise BadBundle("is there already and is never overwritten", file="result.vdr")
    if bundle.announcement().roster is not None:
        bundle.need("roster.vdr")
    result = recompute(bundle)
    bundle.add("result.vdr", result.to_bytes())
    _say(f"rdigest {result.digest}")
    return 0


def _prove(options: argparse.Namespace, words: "dict[str, str]") -> int:
    bundle = Bundle.open(options.bundle)
    announcement = bundle.announcement()
    frames = {frame.fid: frame for frame in bundle.frames(announcement)}
    if options.frame not in frames:
        raise BadBundle(f"no frame is called {options.frame}")
    leaves = frames[options.frame].leaves
    found = [n for n, leaf in enumerate(leaves) if leaf.target == options.target]
    if not found:
        raise BadBundle(f"{options.target} is not in frame {options.frame}")
    suite = announcement.suite
    hashes = [merkle.leaf_hash(leaf.line().encode("ascii"), suite) for leaf in leaves]
    _say(f"root {merkle.root_of_hashes(hashes, suite).hex()}")
    _say(f"size {len(leaves)} index {found[0]}")
    _say(leaves[found[0]].line())
    for step in merkle.inclusion_path(hashes, found[0], suite):
        _say(f"path {step.hex()}")
    return 0


def _say(text: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(
        text.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8") + "\n"
    )


if __name__ == "__main__":
    entry()
