"""The house law, as tests about this repository."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, OneToOneField
from django.db.models.deletion import PROTECT

from openlot.lifecycle.models import Stateful
from openlot.trail.protection import KEPT, TOLD

ROOT = Path(__file__).parent.parent.parent
SOURCE = [
    p
    for p in (ROOT / "src").rglob("*.py")
    if "migrations" not in p.parts and "egg-info" not in str(p)
]
RANKS = {
    name: rank
    for rank, names in enumerate(
        (
            "trail",
            "jobs",
            "privacy",
            "policies",
            "accounts",
            "signin",
            "registers items",
            "plans",
            "tasks",
            "draws",
            "inspections",
            "results",
            "publication",
            "drawing_days",
        )
    )
    for name in names.split()
}
WORDS_ONLY = {"src/openlot/ops/demo/items.py"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_and_functions_stay_small():
    """CONTRIBUTING: files under 400 lines, functions under 60; the demo's list of items excepted."""
    long = [
        _name(p)
        for p in SOURCE
        if len(p.read_text().splitlines()) > 400 and _name(p) not in WORDS_ONLY
    ]
    assert long == []
    functions = [
        f"{_name(path)}:{node.name}"
        for path in SOURCE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 64
    ]
    assert functions == []


def test_foreign_keys_point_down_and_protect():
    """ARCHITECTURE: a model refers only to models below it, and nothing cascades."""
    for model in apps.get_models():
        rank = RANKS.get(model._meta.app_label)
        if rank is None:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | OneToOneField):
                continue
            assert field.remote_field.on_delete is PROTECT or field.auto_created, field
            other = RANKS.get(field.related_model._meta.app_label, 0)
            assert other <= rank, f"{model.__name__}.{field.name} points up"


def test_state_moves_only_along_arrows():
    """ARCHITECTURE: nobody writes a state but `lifecycle`."""
    wrong = re.compile(r"\.state = |update\([^)]*\bstate=")
    found = [_name(p) for p in SOURCE if "lifecycle" not in p.parts and wrong.search(p.read_text())]
    assert found == []


def test_no_hidden_machinery():
    """No signals, generic keys, admin, or bare excepts."""
    wrong = re.compile(
        r"dispatch import receiver|contenttypes.fields|contrib.admin|except:|except Exception"
    )
    assert [_name(p) for p in SOURCE if wrong.search(p.read_text())] == []


def test_every_url_of_the_staff_site_is_a_registered_screen():
    """ARCHITECTURE: no route without a permission; only sign-in and languages are open."""
    from openlot.web.screens import SCREENS
    from openlot.web.urls import urlpatterns

    names = {p.name for p in urlpatterns if hasattr(p, "name")}
    assert names == set(SCREENS)
    open_ones = {s.name for s in SCREENS.values() if s.perm is None}
    assert open_ones == {
        "root",
        "sign-in",
        "sign-in-second",
        "sign-in-demo",
        "sign-out",
        "kept-form",
        "welcome",
    }


def test_machines_are_drawn_afresh():
    """docs/machines.md is what the arrows say."""
    call_command("diagrams", check=True)


def test_settings_are_documented():
    """docs/operations.md names every variable that the settings read."""
    page = (ROOT / "docs" / "operations.md").read_text()
    for path in (ROOT / "src" / "openlot" / "settings").glob("*.py"):
        for name in re.findall(r"env_(?:str|int|bool)\(\"(\w+)\"", path.read_text()):
            assert f"`{name}`" in page, name


def test_the_demo_is_refused_in_production():
    """Neither the demo sign-in nor the travelling clock exist in production settings."""
    text = (ROOT / "src" / "openlot" / "settings" / "prod.py").read_text()
    assert "DEMO" not in text
    assert "CLOCK" not in text
    base = (ROOT / "src" / "openlot" / "settings" / "base.py").read_text()
    assert "DEMO = False" in base
    assert "CLOCK_MAY_TRAVEL = False" in base


def test_nothing_names_a_registry_or_a_machine():
    """No registry's host and no machine path in any tracked file."""
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    wrong = re.compile(
        "pypi" + r"\.org|pythonhos" + r"ted|npm" + r"js\.(org|com)|/ro" + "ot/|/wo" + "rk/"
    )
    for name in files:
        path = ROOT / name
        if path.suffix in (".png", ".ttf") or not path.is_file():
            continue
        assert not wrong.search(path.read_text(encoding="utf-8", errors="replace")), name


@pytest.mark.parametrize("name", ["web/base.html", "web/page.html", "web/list.html"])
def test_templates_hold_no_style_or_script_text(name: str):
    """The content policy forbids inline style and script."""
    text = (ROOT / "src" / "openlot" / "web" / "templates" / name).read_text()
    assert " style=" not in text
    assert "onclick" not in text


def test_every_runtime_dependency_has_a_reason():
    """docs/dependencies.md has a row for each runtime dependency, and for no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {
        re.split(r"[\[=]", one)[0]
        for rows in project["optional-dependencies"].values()
        for one in rows
    }
    page = (ROOT / "docs" / "dependencies.md").read_text()
    told = set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.M)) - {"package"}
    assert named == told


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")))
def test_links_between_pages_lead_somewhere(page: Path):
    """Every relative link and picture of the documentation exists."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_threat_model_cites_tests_that_exist():
    """Every threat of docs/threat-model.md has a proof, and every proof it names is there."""
    rows = [
        line
        for line in (ROOT / "docs" / "threat-model.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| link ")
    ]
    assert len(rows) > 25
    for row in rows:
        cited = re.findall(r"`(tests/[\w/]+\.(?:py|mjs))(?:::(\w+))?`", row)
        assert cited, row
        for path, name in cited:
            source = ROOT / path
            assert source.exists(), path
            assert not name or f"def {name}(" in source.read_text(), f"{path}::{name}"


def test_every_thing_with_a_life_is_protected():
    """trail/protection.py lists each Stateful model's table in TOLD, and no table that is not there."""
    tables = {m._meta.db_table for m in apps.get_models()}
    lives = {m._meta.db_table for m in apps.get_models() if issubclass(m, Stateful)}
    assert lives - set(TOLD) == set()
    assert (set(TOLD) | set(KEPT)) - tables == set()
