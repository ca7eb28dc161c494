"""Files come in through one door and go out through one; spreadsheets are read by a child alone."""

from __future__ import annotations

import ast
import re
import sys
from importlib import import_module
from pathlib import Path

import django.forms
from django.core.management import call_command
from django.forms import FileField

from openlot.privacy.personal import Mask, personal_models
from openlot.web.lists import ListSpec

PACKAGE = Path(__file__).parent.parent.parent / "src" / "openlot"


def _forms() -> list[type[django.forms.BaseForm]]:
    import_module("openlot.web.urls")
    waiting, found = [django.forms.BaseForm], []
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("openlot"):
            found.append(form)
    return found


def test_every_file_of_a_form_goes_through_the_one_door():
    """No form takes a file but by `UploadField`, which measures before it reads."""
    from openlot.web.uploads import UploadField

    fields = [
        field
        for form in _forms()
        for field in getattr(form, "base_fields", {}).values()
        if isinstance(field, FileField)
    ]
    assert len(fields) >= 4
    assert [field for field in fields if not isinstance(field, UploadField)] == []


def test_only_the_door_reads_uploads():
    """No view reads an uploaded file itself, and `Received` is made in one place only."""
    for path in PACKAGE.rglob("*.py"):
        text, name = path.read_text(), str(path.relative_to(PACKAGE))
        if name.startswith("web/") and name != "web/uploads.py":
            assert not re.search(r"\bupload\.read\(|FILES\[|FILES\.get", text), name
        if name != "kernel/uploads.py":
            assert not re.search(r"(?<!-> )\bReceived\(", text), name


def test_kept_files_are_received_files():
    """Whoever stores what somebody sent asks `receive` what it is."""
    services = ("amending", "extending")
    for name in (
        "results/services.py",
        "exchange/tables.py",
        *(f"draws/services/{service}.py" for service in services),
    ):
        assert "receive(" in (PACKAGE / name).read_text(), name


def test_a_workbook_is_opened_by_the_child_alone():
    """Nothing but the child imports a reader of workbooks."""
    readers = {"python_calamine", "openpyxl", "xlrd", "pandas"}
    for path in PACKAGE.rglob("*.py"):
        if path.name == "table_child.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            named = {a.name for a in node.names} if isinstance(node, ast.Import) else set()
            if isinstance(node, ast.ImportFrom):
                named = {node.module}
            assert not named & readers, path.name


def test_files_are_handed_out_as_attachments():
    """A disposition is written in `web/uploads.py`; papers that the platform itself sets are shown."""
    for path in (PACKAGE / "web").rglob("*.py"):
        if "Content-Disposition" in path.read_text():
            assert path.name == "uploads.py" or path.parent.name == "papers", path


def test_the_table_of_personal_fields_is_fresh():
    """docs/privacy.md tells what the models declare."""
    call_command("personal_fields", check=True)


def test_personal_fields_are_declared_and_shown_through_the_mask():
    """A view that names a personal field asks for its mask, but where the law wants it whole."""
    whole = {
        "web/inspections/views.py": 1,  # the officers at the door show their own certificates
        "web/privacy/views.py": 0,
    }
    names = r"\.(certificate_no|legal_representative|signer_name|witness_name|received_by)\b"
    for path in (PACKAGE / "web").rglob("*.py"):
        name = str(path.relative_to(PACKAGE))
        shown = [
            line
            for line in path.read_text().splitlines()
            if re.search(names, line) and "masked(" not in line and "if " not in line
        ]
        assert len(shown) <= whole.get(name, 0), (name, shown)


def test_no_list_searches_or_sorts_what_it_masks():
    """A masked field that could be searched or sorted by would tell what it hides."""
    secret = {
        name
        for _model, fields in personal_models()
        for name, field in fields.items()
        if field.mask is not Mask.COLLEAGUES
    }
    import_module("openlot.web.urls")
    specs = [
        value
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("openlot.web")
        for value in vars(module).values()
        if isinstance(value, ListSpec)
    ]
    assert len(specs) > 10
    for spec in specs:
        asked = [*spec.search, *spec.order, *(c.sort for c in spec.columns)]
        asked += [f.lookup for f in spec.filters]
        assert not {part for text in asked for part in text.lstrip("-").split("__")} & secret
