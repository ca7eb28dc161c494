"""Print the clause matrix: clause, the arrows that carry it, the tests that prove it.

Exit status 1 when a clause has no test, or a test names an unknown clause.
"""

from __future__ import annotations

import ast
import os
import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import django

from openlot.lifecycle.arrows import MACHINES
from openlot.rules.law import CLAUSES

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print the matrix; return the exit status."""
    arrows, tests = _arrows(), _tests()
    for key, clause in CLAUSES.items():
        print(f"{key:16} {clause.document} {clause.section} {clause.gist}")
        print(f"{'':16} arrows: {', '.join(arrows[key]) or '-'}")
        print(f"{'':16} tests:  {', '.join(tests[key]) or 'NONE'}")
    return bool([key for key in CLAUSES if not tests[key]] or set(tests) - set(CLAUSES))


def _arrows() -> dict[str, list[str]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openlot.settings.dev")
    django.setup()
    for path in (ROOT / "src" / "openlot").glob("*/machine.py"):
        import_module(f"openlot.{path.parent.name}.machine")
    found = defaultdict(list)
    for label, machine in sorted(MACHINES.items()):
        for arrow in machine.arrows.values():
            found[arrow.law].append(f"{label}.{arrow.name}")
    return found


def _tests() -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.law":
                    for clause in mark.args:
                        found[ast.literal_eval(clause)].append(node.name)
    return found


if __name__ == "__main__":
    sys.exit(main())
