"""A view does one act: two services in a row would leave half of it when the process dies between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

WEB = Path(__file__).parent.parent.parent / "src" / "openlot" / "web"
# A session lives in the cookie of an answer: whoever got none has nothing half done.
SESSIONS = {"enter", "sign_out", "my_session_end"}
QUESTIONS = {"may_decide", "may_withdraw", "rule_words", "invited"}
Function = ast.FunctionDef | ast.Lambda


class Services:
    """What a module calls from services: names and modules it has imported."""

    def __init__(self, tree: ast.Module) -> None:
        self.names: set[str] = set()
        self.modules: set[str] = set()
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            for alias in node.names:
                name = alias.asname or alias.name
                if ".services" in node.module:
                    self.names.add(name)
                elif alias.name == "services":
                    self.modules.add(name)

    def in_expression(self, node: ast.AST | None) -> int:
        """Return how many acts an expression or a plain statement does at most."""
        if node is None or isinstance(node, Function):
            return 0
        if isinstance(node, ast.IfExp):
            rest = max(self.in_expression(node.body), self.in_expression(node.orelse))
            return self.in_expression(node.test) + rest
        inner = sum(self.in_expression(child) for child in ast.iter_child_nodes(node))
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return 2 * inner
        return inner + (isinstance(node, ast.Call) and self.is_act(node.func))

    def is_act(self, called: ast.expr) -> bool:
        """Say whether what is called is a service, not a record that one takes or a question."""
        owner, _dot, name = ast.unparse(called).rpartition(".")
        if name in QUESTIONS or name[:1].isupper():
            return False
        return owner in self.modules if owner else name in self.names

    def in_a_row(self, body: Sequence[ast.stmt]) -> int:
        """Return how many acts one way through some statements does at most."""
        if not body:
            return 0
        first, rest = body[0], body[1:]
        if isinstance(first, ast.If):
            test, other = self.in_expression(first.test), self.in_a_row([*first.orelse, *rest])
            ends = isinstance(first.body[-1], ast.Return | ast.Raise)
            return test + max(self.in_a_row([*first.body, *([] if ends else rest)]), other)
        if isinstance(first, ast.For | ast.While):
            return 2 * self.in_a_row(first.body) + self.in_a_row(rest)
        if isinstance(first, ast.With):
            return self.in_a_row([*first.body, *rest])
        if isinstance(first, ast.Try):
            caught = max((self.in_a_row(one.body) for one in first.handlers), default=0)
            return caught + self.in_a_row([*first.body, *first.orelse, *first.finalbody, *rest])
        return self.in_expression(first) + self.in_a_row(rest)


def composed(text: str) -> Iterator[str]:
    """Return the functions of a module that do more than one act."""
    tree = ast.parse(text)
    services = Services(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and services.in_a_row(node.body) > 1:
            yield node.name
        elif isinstance(node, ast.Lambda) and services.in_expression(node.body) > 1:
            yield f"a lambda in line {node.lineno}"


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.py")), ids=lambda p: str(p.relative_to(WEB)))
def test_a_view_does_one_act(path: Path):
    """What belongs together stands in one service, in one transaction."""
    assert set(composed(path.read_text())) <= SESSIONS


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("one(x)\n    two(x)", True),
        ("for y in x:\n        one(y)", True),
        ("return [one(y) for y in x]", True),
        ("if x:\n        return one(x)\n    return two(x)", False),
        ("if x:\n        one(x)\n    return two(x)", True),
        ("return one(x) if x else services.two(x)", False),
        ("return Thing(x), one(x), may_decide(x)", False),
        ("with x:\n        one(x)\n    services.two(x)", True),
    ],
)
def test_the_law_sees_what_it_forbids(body: str, found: bool):
    """A row, a loop, a branch that goes on: found; one or the other, records, questions: not."""
    head = "from a.services import Thing, may_decide, one, two\nfrom b import services\n"
    assert bool(list(composed(f"{head}def f(x):\n    {body}\n"))) is found
