"""The words that a target is found by, and the index of each database over them."""

from typing import Any

from django.db import migrations, models

from openlot.registers.search import searchable

TABLE = "registers_inspectiontarget"
WORDS = "registers_targetwords"
SQLITE = [
    f"CREATE VIRTUAL TABLE {WORDS} USING fts5(search_words, content='{TABLE}',"
    " content_rowid='id', tokenize='unicode61', detail='none', columnsize=0)",
    f"CREATE TRIGGER {WORDS}_added AFTER INSERT ON {TABLE} BEGIN"
    f" INSERT INTO {WORDS}(rowid, search_words) VALUES (new.id, new.search_words); END",
    f"CREATE TRIGGER {WORDS}_changed AFTER UPDATE OF search_words ON {TABLE}"
    " WHEN old.search_words <> new.search_words BEGIN"
    f" INSERT INTO {WORDS}({WORDS}, rowid, search_words)"
    " VALUES ('delete', old.id, old.search_words);"
    f" INSERT INTO {WORDS}(rowid, search_words) VALUES (new.id, new.search_words); END",
    f"INSERT INTO {WORDS}({WORDS}) VALUES ('rebuild')",
]
SQLITE_UNDO = [
    f"DROP TRIGGER {WORDS}_changed",
    f"DROP TRIGGER {WORDS}_added",
    f"DROP TABLE {WORDS}",
]
POSTGRESQL = [
    f"CREATE INDEX {WORDS} ON {TABLE} USING gin (string_to_array(search_words, ' '))"
    " WITH (fastupdate = on)",
]
POSTGRESQL_UNDO = [f"DROP INDEX {WORDS}"]


def fill(apps: Any, schema_editor: Any) -> None:
    """Give the targets that are there already their words."""
    model = apps.get_model("registers", "InspectionTarget")
    rows = []
    for row in model.objects.only("id", "name").iterator(chunk_size=2000):
        row.search_words = searchable(row.name)["search_words"]
        rows.append(row)
        if len(rows) == 2000:
            model.objects.bulk_update(rows, ["search_words"], batch_size=500)
            rows = []
    model.objects.bulk_update(rows, ["search_words"], batch_size=500)


def index(apps: Any, schema_editor: Any) -> None:
    """Make the index."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        schema_editor.execute(statement)


def unindex(apps: Any, schema_editor: Any) -> None:
    """Drop the index, for a migration back."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_UNDO if postgresql else SQLITE_UNDO:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    atomic = True
    dependencies = [("registers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="inspectiontarget",
            name="search_words",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index, unindex),
        *(
            migrations.AddIndex(
                model_name="inspectiontarget",
                index=models.Index(fields=["department", column, "id"], name=name),
            )
            for column, name in (
                ("name", "target_by_name"),
                ("credit_class", "target_by_class"),
                ("registration_status", "target_by_status"),
                ("kind", "target_by_kind"),
            )
        ),
    ]
