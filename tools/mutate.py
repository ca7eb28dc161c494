"""How well the tests hold the core (mutation score): one small change at a time must be noticed.

Works on a copy of the tree, keeps what it found in build/mutants.jsonl, and goes on where it
stopped. Not part of ``make check``: it takes an hour.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "mutants.jsonl"
MODULES = ("tickets", "allocate", "seed", "sources", "match", "flow", "merkle", "evidence")
TESTS = ("tests/unit/fairdraw", "tests/property/test_draw.py")
SECONDS = 90

COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.RShift: ast.LShift,
    ast.BitXor: ast.BitAnd,
}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield place and text of every mutant of a module."""
    count = len(list(ast.walk(ast.parse(source))))
    plain = ast.unparse(ast.parse(source))
    for index in range(count):
        tree = ast.parse(source)
        node = list(ast.walk(tree))[index]
        for what in _changes(node):
            if (text := ast.unparse(tree)) != plain:
                yield f"{getattr(node, 'lineno', 0)}:{index}:{what}", text


def _changes(node: ast.AST) -> Iterator[str]:
    """Change a node in place, one way after the other."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        node.ops[0] = COMPARE[type(node.ops[0])]()
        yield "compare"
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        node.op = ARITHMETIC[type(node.op)]()
        yield "arithmetic"
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and-or"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node.op = ast.UAdd()
        yield "not"
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        yield "number"
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        node.value = not node.value
        yield "truth"
    elif isinstance(node, ast.Return) and node.value is not None:
        node.value = ast.Constant(None)
        yield "return"
    elif isinstance(node, ast.Raise):
        node.exc, node.cause = ast.Call(ast.Name("KeyboardInterrupt"), [], []), None
        yield "raise"


def main() -> None:
    """Try every mutant that was not tried yet, and print the score of each module."""
    done = {}
    if KEPT.exists():
        done = {row["key"]: row["noticed"] for row in map(json.loads, KEPT.open())}
    with tempfile.TemporaryDirectory() as folder, KEPT.open("a") as kept:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT / "src" / "fairdraw", copy / "src" / "fairdraw")
        for name in MODULES:
            path = copy / "src" / "fairdraw" / f"{name}.py"
            source = path.read_text()
            for place, text in mutants(source):
                key = f"{name}:{place}"
                if key not in done:
                    path.write_text(text)
                    done[key] = noticed(copy)
                    kept.write(json.dumps({"key": key, "noticed": done[key]}) + "\n")
                    kept.flush()
            path.write_text(source)
    for name in MODULES:
        found = [good for key, good in done.items() if key.startswith(f"{name}:")]
        score = 100 * sum(found) / max(1, len(found))
        sys.stdout.write(f"{name:<10}{sum(found):>5} of {len(found):<5}{score:6.1f} %\n")
    for key, good in done.items():
        if not good:
            sys.stdout.write(f"survived {key}\n")


def noticed(copy: Path) -> bool:
    """Say whether the tests fail on the copy."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:randomly", *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    quiet = subprocess.DEVNULL
    try:
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdout=quiet,
            stderr=quiet,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return run.returncode != 0


if __name__ == "__main__":
    main()
