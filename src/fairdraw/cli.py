"""The command ``fairdraw`` (核验程序): verify, draw, prove, chances; proofs of the log."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Callable, List, Optional, Sequence, cast

from fairdraw import __version__, merkle
from fairdraw.attempts import first_checks, verify_attempts
from fairdraw.chances import SIMULATIONS, simulate
from fairdraw.disclosure import verify_receipt
from fairdraw.errors import BadBundle, FairdrawError
from fairdraw.evidence import Bundle, Examination, recompute
from fairdraw.log_commands import add_commands
from fairdraw.report import Check
from fairdraw.result import Result
from fairdraw.words import LANGUAGES, Words, placed

ENGINES = ("duckdb", "postgres", "spark")


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command (命令入口): 0 all right, 1 something differs, 2 cannot be read."""
    options = _parser().parse_args(argv)
    lang: str = options.lang
    try:
        found = options.run(options)
        return found if isinstance(found, int) else _verdict(found, lang)
    except FairdrawError as error:
        text = placed(error.words.say(lang), error.file, error.line)
    except (OSError, MemoryError) as error:
        text = str(error) or type(error).__name__
    _say(Words("refused: {text}", {"text": text}).say(lang), error=True)
    return 2


def entry() -> None:
    """Leave with the command's exit status (程序入口)."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fairdraw", description="Verify or run a vdr1 draw.")
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="recompute a bundle, or check a receipt")
    verify.add_argument(
        "bundle", type=Path, nargs="+", help="attempts in their order, or a receipt"
    )
    verify.add_argument("--public", type=Path, help="public.vdr to check a receipt against")
    verify.set_defaults(run=_verify)
    draw = commands.add_parser("draw", help="write result.vdr into a bundle that lacks it")
    draw.add_argument("bundle", type=Path)
    draw.add_argument(
        "--engine", choices=ENGINES, help="draw lists that lie in Parquet files, or in a database"
    )
    draw.set_defaults(run=_draw)
    prove = commands.add_parser("prove", help="prove that a target is in a sealed list")
    prove.add_argument("bundle", type=Path)
    prove.add_argument("frame")
    prove.add_argument("target")
    prove.set_defaults(run=_prove)
    chances = commands.add_parser("chances", help="simulate draws before there is a seed")
    chances.add_argument("bundle", type=Path)
    chances.add_argument("--simulations", type=_positive, default=SIMULATIONS)
    chances.set_defaults(run=_chances)
    for command in (verify, draw, prove, chances, *add_commands(commands)):
        command.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _verify(options: argparse.Namespace) -> int:
    lang: str = options.lang
    paths: List[Path] = options.bundle
    checks = _receipt_checks(paths[0], options.public)
    if checks is None:
        examined = [Examination(Bundle.open(path)) for path in paths]
        checks = first_checks(examined[0])
        for path, one in zip(paths, examined):
            if len(paths) > 1:
                _say(f"== {path}")
            _tell(one.report.checks, lang)
        checks += verify_attempts(examined).checks
        good = all(one.report.ok for one in examined)
    else:
        good = True
    return _verdict(checks, lang, good=good)


def _receipt_checks(path: Path, public: Optional[Path]) -> Optional[List[Check]]:
    if not path.is_file():
        return None
    data = path.read_bytes()
    if not data.startswith(b"vdr1|receipt|"):
        return None
    return list(verify_receipt(data, public.read_bytes() if public else None).checks)


def _verdict(checks: Sequence[Check], lang: str, *, good: bool = True) -> int:
    _tell(checks, lang)
    good = good and all(one.ok is not False for one in checks)
    _say(Words("verify: OK" if good else "verify: DIFFERS", {}).say(lang))
    return 0 if good else 1


def _tell(checks: Sequence[Check], lang: str) -> None:
    for check in checks:
        _say(check.say(lang))


def _draw(options: argparse.Namespace) -> int:
    bundle = Bundle.open(options.bundle)
    if "result.vdr" in bundle.files:
        raise BadBundle("is there already and is never overwritten", file="result.vdr")
    if bundle.announcement().roster is not None:
        bundle.need("roster.vdr")
    result = _engine(options.engine)(bundle) if options.engine else recompute(bundle)
    bundle.add("result.vdr", result.to_bytes())
    _say(f"rdigest {result.digest}")
    return 0


def _engine(name: str) -> Callable[[Bundle], Result]:
    """Return the draw of an engine, which the core does not know and need not have."""
    try:
        return cast(Callable[[Bundle], Result], import_module(f"fairdraw_engines.{name}").draw)
    except ImportError:
        raise BadBundle(
            "the engine {engine} is not installed: openlot[{engine}]", engine=name
        ) from None


def _prove(options: argparse.Namespace) -> int:
    bundle = Bundle.open(options.bundle)
    announcement = bundle.announcement()
    frames = {frame.fid: frame for frame in bundle.frames(announcement)}
    if options.frame not in frames:
        raise BadBundle("no list is called {fid}", fid=options.frame)
    frame = frames[options.frame]
    try:
        at = frame.find(options.target)
    except KeyError:
        raise BadBundle(
            "{target} is not in list {fid}", target=options.target, fid=options.frame
        ) from None
    suite = announcement.suite
    hashes = [merkle.leaf_hash(leaf.line().encode("ascii"), suite) for leaf in frame.leaves]
    _say(f"root {merkle.root_of_hashes(hashes, suite).hex()}")
    _say(f"size {len(hashes)} index {at}")
    _say(frame.leaves[at].line())
    for step in merkle.inclusion_path(hashes, at, suite):
        _say(f"path {step.hex()}")
    return 0


def _chances(options: argparse.Namespace) -> int:
    bundle = Bundle.open(options.bundle)
    announcement = bundle.announcement()
    frames, roster = bundle.frames(announcement), bundle.roster(announcement)
    found = simulate(announcement, frames, roster, options.simulations, _progress)
    for sentence in found.sentences():
        _say(sentence.say(options.lang))
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total}" + ("\n" if done == total else ""))


def _say(text: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
