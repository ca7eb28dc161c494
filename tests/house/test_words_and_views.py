"""The house law about words, templates, views and events."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.translation.template import templatize

from openlot.publication.models import PublicRecord
from openlot.rights.perms import Perm
from openlot.trail.events import REGISTRY
from openlot.web.screens import SCREENS
from openlot.web.trail.labels import LABELS
from openlot.web.trail.words import WORDS
from tools.messages import KEYWORDS

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "openlot"
MARKS = "、。，；：（）《》"
CHINESE = re.compile(rf"[\u4e00-\u9fff{MARKS}]")
KEPT_IN_CHINESE = {
    "documents": "papers are legal documents in Chinese",
    "paperwork": "what fills them",
    "rules": "the field's own tables",
    "exchange": "headings of the departments' own sheets",
    "ops": "the demo city and its command",
    "draws/documents.py": "files of the evidence bundle",
    "draws/framing.py": "names of strata in the evidence bundle",
    "publication/snapshots.py": "what is published",
    "settings": "names of the city and of languages",
}
STORED_WITH_MARKS = {
    "items/services.py": "what an event keeps",
    "plans/services.py": "what an event keeps",
    "privacy/services.py": "what an event keeps",
    "signin/services/emergencies.py": "the reason as it is kept",
    "tasks/services.py": "what an event keeps",
    "trail/changes.py": "what an event keeps",
    "web/draws/big_screen.py": "how a typed reason ends",
    "web/days/big_screen.py": "how a typed reason ends",
    "web/papers/pack.py": "a paper in Chinese",
    "web/trail/fields.py": "what an event keeps, taken apart",
}
GETTEXT = set(KEYWORDS)
TEMPLATES = [p for p in PACKAGE.rglob("*.html") if "templates" in p.parts]


def _bare_chinese(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    name = str(path.relative_to(PACKAGE))
    told = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in GETTEXT
        for inner in ast.walk(node)
    } | {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told
            and CHINESE.search(node.value)
            and not (name in STORED_WITH_MARKS and set(node.value) <= set(MARKS))
        ):
            yield f"{name}:{node.lineno} {node.value[:30]}"


def test_text_for_users_goes_through_gettext():
    """No Chinese text or mark stands bare, but where the product's own output is Chinese."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        name = str(path.relative_to(PACKAGE))
        if "migrations" in path.parts or name.startswith(tuple(KEPT_IN_CHINESE)):
            continue
        found += _bare_chinese(path)
    assert found == []
    assert all((PACKAGE / name).exists() for name in STORED_WITH_MARKS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_hold_no_bare_text_style_or_script(path: Path):
    """The content policy forbids inline style and script; each text can be translated."""
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son\w+=\"|<script(?![^>]*\bsrc=)(?![^>]*json)", text)
    assert templatize(text) is not None
    bare = re.sub(r"{% blocktrans.*?{% endblocktrans(?:late)? %}", "", text, flags=re.S)
    bare = re.sub(r"{%.*?%}|{#.*?#}|>中文<", "", bare, flags=re.S)
    assert not CHINESE.search(bare)


def test_every_template_is_used():
    """No template that nothing names."""
    everything = "\n".join(
        p.read_text() for p in PACKAGE.rglob("*") if p.suffix in (".py", ".html")
    )
    everything += "".join(f'"portal/_{kind}.html"' for kind in PublicRecord.Kind.values)
    django_names = {"403.html", "404.html", "500.html", "400.html", "403_csrf.html"}
    for path in TEMPLATES:
        name = path.relative_to(next(p for p in path.parents if p.name == "templates"))
        assert path.name in django_names or f'"{name}"' in everything, name


def test_models_are_words_of_the_glossary():
    """docs/glossary.md has a row for every model."""
    words = set(re.findall(r"\b[A-Z]\w+\b", (ROOT / "docs" / "glossary.md").read_text()))
    ours = {m.__name__ for m in apps.get_models() if m.__module__.startswith("openlot")}
    assert ours - words == set()


def test_views_write_nothing_themselves():
    """A view calls services; it never saves, creates, updates or deletes a row."""
    wrong = re.compile(
        r"\.objects\.(create|bulk_create|get_or_create|update_or_create)|\.save\(\)|\.delete\(\)"
    )
    found = [p.name for p in (PACKAGE / "web").rglob("*.py") if wrong.search(p.read_text())]
    assert found == []


def test_every_view_is_a_screen():
    """A function that takes a request and answers is registered with its permission."""
    import_module("openlot.web.urls")
    views = {s.view.__wrapped__.__name__ for s in SCREENS.values()}
    for path in (PACKAGE / "web").glob("*/*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.args.args:
                first = node.args.args[0]
                if first.arg == "request" and ast.unparse(node.returns or ast.Constant("")) == (
                    "HttpResponse"
                ):
                    assert node.name in views or node.name.startswith("_"), node.name


def test_every_right_of_the_table_is_asked_for():
    """A right that nobody asks for promises a limit that does not hold."""
    asked = "".join(p.read_text() for p in PACKAGE.rglob("*.py") if "rights" not in p.parts)
    assert [perm.name for perm in Perm if not re.search(rf"\bPerm\.{perm.name}\b", asked)] == []


def test_events_keep_their_fields():
    """An event kind never changes its fields: a change is a new version (trail of old bytes)."""
    for path in PACKAGE.rglob("events.py"):
        import_module(f"openlot.{path.parent.name}.events")
    now = {
        f"{kind} v{cls.kind_version}": {f.name: str(f.type) for f in fields(cls)}
        for kind, cls in sorted(REGISTRY.items())
        if cls.__module__.startswith("openlot")
    }
    golden = ROOT / "tests" / "house" / "events.json"
    kept = json.loads(golden.read_text())
    changed = {name for name in kept if name in now and kept[name] != now[name]}
    assert changed == set()
    newest = {kind: cls.kind_version for kind, cls in REGISTRY.items()}
    for name in set(kept) - set(now):
        kind, version = name.split(" v")
        assert newest[kind] > int(version), f"{name} is gone and nothing newer stands for it"
    assert set(now) - set(kept) == set(), "a new kind: add it to tests/house/events.json"


def test_every_event_has_words_for_itself_and_its_fields():
    """No kind and no field of an event reaches a screen by the name that the code gives it."""
    kinds = {kind: cls for kind, cls in REGISTRY.items() if cls.__module__.startswith("openlot")}
    assert set(kinds) == set(WORDS), "name the kind in web/trail/words.py"
    named = {field.name for cls in kinds.values() for field in fields(cls)}
    assert named - set(LABELS) == set(), "name the field in web/trail/fields.py"


def test_import_order_names_every_app():
    """pyproject.toml has a place in the import order for every package of the product."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = " ".join(next(c for c in contracts["contracts"] if c["type"] == "layers")["layers"])
    for path in PACKAGE.iterdir():
        if (path / "__init__.py").exists() and path.name not in ("settings", "portal_settings"):
            assert f"openlot.{path.name}" in layers, path.name


@pytest.mark.parametrize("switch", ["DEMO", "CLOCK_MAY_TRAVEL"])
def test_the_site_refuses_to_start_with_demo_switches_elsewhere(switch: str, tmp_path: Path):
    """One-click sign-in and the travelling clock exist in the demo settings only."""
    (tmp_path / "elsewhere.py").write_text(
        f'from openlot.settings.dev import *\n{switch} = True\nSETTINGS_MODULE = "elsewhere"\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={"DJANGO_SETTINGS_MODULE": "elsewhere", "PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{switch} is for the demo only" in done.stderr
