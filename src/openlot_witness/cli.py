"""The command ``openlot-witness`` (见证命令): key, serve, show."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path

from fairdraw import __version__
from fairdraw.errors import FairdrawError
from openlot_witness.keys import make_key, read_key, read_logs
from openlot_witness.report import report
from openlot_witness.server import Server
from openlot_witness.store import Store
from openlot_witness.witness import Witness


def main(argv: list[str] | None = None) -> int:
    """Run the command (命令入口): 0 well, 1 a history was refused, 2 something is missing."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except FairdrawError as error:
        text = f"{error.say('zh')} / {error}"
    except (OSError, UnicodeError, sqlite3.Error) as error:
        text = str(error)
    sys.stderr.write(f"{text}\n")
    return 2


def entry() -> None:
    """Leave with the command's exit status (程序入口)."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openlot-witness", description="Cosign a log that only grows."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="make the key and print its public half")
    key.add_argument("name", help="a name like audit.example.gov.cn/w1")
    key.set_defaults(run=_key)
    serve = commands.add_parser("serve", help="answer add-checkpoint")
    serve.add_argument("--bind", type=_address, default=("127.0.0.1", 8002), metavar="HOST:PORT")
    serve.set_defaults(run=_serve)
    show = commands.add_parser("show", help="print what was cosigned and refused")
    show.set_defaults(run=_show)
    for command in (key, serve, show):
        command.add_argument(
            "--home", type=Path, default=Path("/var/lib/openlot-witness"), help="key, logs, memory"
        )
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


def _witness(home: Path) -> Witness:
    return Witness(read_key(home), read_logs(home), Store(home))


def _key(options: argparse.Namespace) -> int:
    sys.stdout.write(f"{make_key(options.home, options.name).verifier.text}\n")
    return 0


def _serve(options: argparse.Namespace) -> int:
    with Server(options.bind, _witness(options.home)) as server:
        host, port = server.server_address[:2]
        sys.stdout.write(f"http://{host!s}:{port}/add-checkpoint\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stderr.write("\n")
    return 0


def _show(options: argparse.Namespace) -> int:
    witness = _witness(options.home)
    sys.stdout.write(report(witness))
    return 1 if witness.store.refused() else 0
