"""How well the tests hold the core (mutation score): one small change at a time must be noticed.

``tools/mutate.py [module …]`` collects the tests once and forks for every change: the fork gets
the changed code and runs, quick ones first, the tests that reach the changed statement. A change
outside of functions is imported anew. What was found is kept in build/mutants.jsonl: a noticed
change is not tried again until its module changes, a survivor not until a test does.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import inspect
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import coverage
import hypothesis
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "src" / "fairdraw"
KEPT = ROOT / "build" / "mutants.jsonl"
MODULES: tuple[str, ...] = (
    "tickets",
    "allocate",
    "seed",
    "sources",
    "match",
    "flow",
    "merkle",
    "evidence",
)
MODULES += ("eligible", "selection", "acts", "sums", "partial", "records", "report", "hall")
TESTS = ("tests/unit/fairdraw", "tests/property", "tests/peers/test_trees.py")
# Slow tests that change byte after byte: to leave them out can only lower the score.
LEFT_OUT = ("changed_byte", "only_a_word", "need_as_many_visits")
MOST = 80  # tests for one change: what they do not notice counts as not noticed
MEMORY = 4 * 1024**3
Reach = dict[int, list[str]]

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


class Mutant(NamedTuple):
    """One changed place: where it is, the lines of its statement, whether it is in a function."""

    place: str
    lines: range
    inside: bool
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    plain = ast.unparse(ast.parse(source))
    for index, (lines, inside) in enumerate(_surroundings(ast.parse(source))):
        tree = ast.parse(source)
        node = list(ast.walk(tree))[index]
        for what in _changes(node):
            if (text := ast.unparse(tree)) != plain:
                line = getattr(node, "lineno", lines.start)
                yield Mutant(f"{line}:{index}:{what}", lines, inside, text)


def _surroundings(tree: ast.AST) -> list[tuple[range, bool]]:
    """Return for every node, as ``ast.walk`` meets them, its statement's lines; in a function?"""
    known: dict[ast.AST, tuple[range, bool]] = {tree: (range(1), False)}
    for node in ast.walk(tree):
        lines, inside = known[node]
        body = node.body if isinstance(node, ast.FunctionDef) else ()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                lines = range(child.lineno, (child.end_lineno or 0) + 1)
            known[child] = (lines, inside or child in body)
    return [known[node] for node in ast.walk(tree)]


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
    else:
        yield from _more_changes(node)


def _more_changes(node: ast.AST) -> Iterator[str]:
    """Turn a bare condition, leave out an act that returns nothing, go on where a loop ends."""
    bare = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)
    if isinstance(node, ast.If | ast.IfExp | ast.While) and isinstance(node.test, bare):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        yield "turned"
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        if not isinstance(block, list):
            continue
        for at, child in enumerate(block):
            act = isinstance(child, ast.AugAssign) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Call | ast.Yield)
            )
            if act or isinstance(child, ast.Break | ast.Continue):
                block[at] = ast.Pass()
                yield f"left-out-{child.lineno}"
                block[at] = child


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the core another text than its file's."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Answer for the one module alone."""
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed text."""
        exec(compile(self.text, "<changed>", "exec"), module.__dict__)


def change_functions(module: ModuleType, text: str) -> None:
    """Give every function of a module the code of another text, wherever it is referred to."""
    codes = dict(_codes(compile(text, "<changed>", "exec")))
    for function in _functions(module.__dict__.values(), module.__name__):
        function.__code__ = codes[function.__qualname__]


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant.co_qualname, constant
            yield from _codes(constant)


def _functions(members: Iterable[object], module: str) -> Iterator[FunctionType]:
    """Yield the functions that the text of a module defines, not what is made of its classes."""
    for member in list(members):
        if isinstance(member, type) and member.__module__ == module:
            yield from _functions(vars(member).values(), module)
        elif isinstance(member, property):
            yield from _functions([member.fget], module)
        elif isinstance(member, classmethod | staticmethod):
            yield from _functions([member.__func__], module)
        else:
            function = inspect.unwrap(member) if callable(member) else member
            if isinstance(function, FunctionType) and _is_of(function, module):
                yield function


def _is_of(function: FunctionType, module: str) -> bool:
    own = function.__code__.co_filename.startswith(str(CORE))
    return own and function.__module__ == module


class Session:
    """A pytest plugin that tries mutants instead of running the tests once."""

    def __init__(self, modules: Sequence[str], tests: str) -> None:
        self.modules, self.tests = modules, tests
        self.items: dict[str, pytest.Item] = {}
        self.reach: dict[str, Reach] = {}
        self.seconds: dict[str, float] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant that was not tried yet, and print the score of each module."""
        self.items = {
            item.nodeid: item
            for item in session.items
            if not any(word in item.nodeid for word in LEFT_OUT)
        }
        self._measure()
        rows = map(json.loads, KEPT.open()) if KEPT.exists() else ()
        kept = {row["key"]: row for row in rows}
        total: list[bool] = []
        with KEPT.open("a") as stream:
            for name in self.modules:
                source = (CORE / f"{name}.py").read_text()
                version = sha256(source.encode()).hexdigest()[:12]
                found: dict[str, bool] = {}
                for mutant in mutants(source):
                    key = f"{name}:{version}:{mutant.place}"
                    row = kept.get(key, {})
                    if not row.get("noticed") and row.get("tests") != self.tests:
                        good = self._noticed(name, mutant, self._reaching(name, mutant))
                        row = {"key": key, "noticed": good, "tests": self.tests}
                        stream.write(json.dumps(row) + "\n")
                        stream.flush()
                    found[mutant.place] = row["noticed"]
                _report(name, found, source)
                total += found.values()
        _say(f"{'all':<10}{sum(total):>5} of {len(total):<5}{100 * sum(total) / len(total):6.1f} %")
        return True

    def _measure(self) -> None:
        """Note which tests reach each line of the modules, and how long each takes."""
        place = KEPT.with_name("reach.json")
        if place.exists() and self._read(place):
            return

        def work() -> bool:
            measured = coverage.Coverage(data_file=None, include=[f"{CORE}/*"])
            measured.start()
            seconds = {}
            for name in self.items:
                measured.switch_context(name)
                before = os.times()
                if not self._passes(name):
                    return False
                seconds[name] = os.times().user - before.user
            measured.stop()
            data = measured.get_data()
            reach = {m: data.contexts_by_lineno(str(CORE / f"{m}.py")) for m in self.modules}
            place.write_text(json.dumps([self.tests, reach, seconds]))
            return True

        if not forked(work) or not self._read(place):
            raise SystemExit("the tests fail before anything is changed")
        self._check()

    def _read(self, place: Path) -> bool:
        """Read which tests reach what, and say whether that is still so."""
        tests, reach, self.seconds = json.loads(place.read_text())
        for name, lines in reach.items():
            self.reach[name] = {int(n): [t for t in tests if t] for n, tests in lines.items()}
        return bool(tests == self.tests and self.reach.keys() >= set(self.modules))

    def _passes(self, name: str) -> bool:
        """Run one test; it may take ten times as long as it did, and two seconds."""
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * self.seconds.get(name, 10))
        reports = runtestprotocol(self.items[name], log=False, nextitem=None)
        return not any(report.failed for report in reports)

    def _reaching(self, name: str, mutant: Mutant) -> list[str]:
        """Return the tests that reach the changed statement, properties first; outside of functions all."""
        reach = self.reach[name]
        if not mutant.inside:
            return list(self.items)
        tests = {test for line in mutant.lines for test in reach.get(line, ())}
        return sorted(tests, key=self._order)[:MOST]

    def _order(self, test: str) -> tuple[bool, float, str]:
        return "/property/" not in test, self.seconds[test], test

    def _noticed(self, name: str, mutant: Mutant, chosen: Iterable[str]) -> bool:
        """Say whether one of the chosen tests fails."""
        return not forked(lambda: self._hold(f"fairdraw.{name}", mutant, chosen))

    def _hold(self, module: str, mutant: Mutant, chosen: Iterable[str]) -> bool:
        """Change a module and say whether the chosen tests still pass, in a fork."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        ordered = sorted(chosen, key=self._order)
        with contextlib.suppress(KeyError, ValueError):  # a function that has become another one
            if mutant.inside:
                change_functions(sys.modules[module], mutant.text)
                return all(map(self._passes, ordered))
        signal.setitimer(signal.ITIMER_PROF, 10 + 3 * sum(self.seconds.values()))
        forget()
        sys.meta_path.insert(0, Changed(module, mutant.text))
        files = {test.partition("::")[0] for test in ordered}
        return run_pytest(sorted(files)) == 0

    def _check(self) -> None:
        """Make sure that the forks pass when nothing is changed: else everything were noticed."""
        same = {m: ast.unparse(ast.parse((CORE / f"{m}.py").read_text())) for m in self.modules}

        def work() -> bool:
            for name, text in same.items():
                change_functions(sys.modules[f"fairdraw.{name}"], text)
            return all(map(self._passes, self.items))

        name = self.modules[0]
        mutant = Mutant("", range(0), inside=False, text=same[name])
        if not forked(work) or self._noticed(name, mutant, self.items):
            raise SystemExit("the tests fail though nothing is changed")


def forget() -> None:
    """Forget the core and the tests, as if they had never been imported."""
    for name in list(sys.modules):
        top = name.partition(".")[0]
        if top in ("fairdraw", "unit", "property", "peers", "node") or top.startswith("test_"):
            del sys.modules[name]


def run_pytest(files: Sequence[str], *plugins: object) -> int:
    """Run tests in this process, with nothing but what they need."""
    unneeded = ("no:cacheprovider", "no:terminal", "no:unraisableexception")
    arguments = ["-c", os.devnull, "--rootdir", str(ROOT), "--noconftest", "-x"]
    arguments += ["--assert=plain", "-s"]
    arguments += [word for plugin in unneeded for word in ("-p", plugin)]
    return int(pytest.main([*arguments, *files], plugins=[*plugins]))


def forked(work: Callable[[], bool]) -> bool:
    """Do the work in a fork with its mouth shut; say whether it came out well."""
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        good = False
        with contextlib.suppress(BaseException):
            good = work()
        os._exit(0 if good else 1)
    return os.waitpid(child, 0)[1] == 0


def main(modules: Sequence[str]) -> None:
    """Prepare what every fork would do again, and begin."""
    os.nice(10)
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT)]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", deadline=None, derandomize=True, database=None, max_examples=60, phases=phases
    )
    hypothesis.settings.load_profile("mutants")
    paths = [path for name in TESTS for path in [*sorted(ROOT.glob(f"{name}/*.py")), ROOT / name]]
    tests = sha256(b"".join(path.read_bytes() for path in paths if path.is_file())).hexdigest()[:12]
    raise SystemExit(run_pytest(TESTS, Session(modules, tests)))


def _report(name: str, found: dict[str, bool], source: str) -> None:
    """Print a module's score, and line and change of each survivor."""
    good, lines = sum(found.values()), source.split("\n")
    _say(f"{name:<10}{good:>5} of {len(found):<5}{100 * good / max(1, len(found)):6.1f} %")
    for place in (place for place, noticed in found.items() if not noticed):
        line, _, what = place.split(":")
        line = what.removeprefix("left-out-") if what.startswith("left-out-") else line
        _say(f"    survived {name}.py:{line} {what}: {lines[int(line) - 1].strip()}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:] or MODULES)
