"""The trail is insert-only by the database itself, and new entries queue up for the tree."""

from typing import Any

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER trail_entry_no_update BEFORE UPDATE ON trail_entry
       BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER trail_entry_no_delete BEFORE DELETE ON trail_entry
       BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER trail_entry_no_replace BEFORE INSERT ON trail_entry
       WHEN EXISTS (SELECT 1 FROM trail_entry WHERE id = NEW.id OR uuid = NEW.uuid)
       BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER trail_private_no_update BEFORE UPDATE ON trail_privatepart
       BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER trail_entry_pending AFTER INSERT ON trail_entry
       BEGIN INSERT INTO trail_pending (entry_id) VALUES (NEW.id); END""",
]
SQLITE_UNDO = [
    "DROP TRIGGER trail_entry_no_update",
    "DROP TRIGGER trail_entry_no_delete",
    "DROP TRIGGER trail_entry_no_replace",
    "DROP TRIGGER trail_private_no_update",
    "DROP TRIGGER trail_entry_pending",
]
POSTGRESQL = [
    """CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$""",
    """CREATE TRIGGER trail_entry_guard BEFORE UPDATE OR DELETE ON trail_entry
       FOR EACH ROW EXECUTE FUNCTION trail_refuse()""",
    """CREATE TRIGGER trail_private_guard BEFORE UPDATE ON trail_privatepart
       FOR EACH ROW EXECUTE FUNCTION trail_refuse()""",
    """CREATE FUNCTION trail_queue() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO trail_pending (entry_id) VALUES (NEW.id); RETURN NEW; END $$""",
    """CREATE TRIGGER trail_entry_pending AFTER INSERT ON trail_entry
       FOR EACH ROW EXECUTE FUNCTION trail_queue()""",
    "ALTER TABLE trail_entry ENABLE ALWAYS TRIGGER trail_entry_guard",
    "ALTER TABLE trail_privatepart ENABLE ALWAYS TRIGGER trail_private_guard",
]
POSTGRESQL_UNDO = [
    "DROP TRIGGER trail_entry_pending ON trail_entry",
    "DROP TRIGGER trail_private_guard ON trail_privatepart",
    "DROP TRIGGER trail_entry_guard ON trail_entry",
    "DROP FUNCTION trail_queue()",
    "DROP FUNCTION trail_refuse()",
]


def _run(schema_editor: Any, statements: list[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement)


def guard(apps: Any, schema_editor: Any) -> None:
    """Put the guards up."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    _run(schema_editor, POSTGRESQL if postgresql else SQLITE)


def unguard(apps: Any, schema_editor: Any) -> None:
    """Take the guards down, for a migration back."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    _run(schema_editor, POSTGRESQL_UNDO if postgresql else SQLITE_UNDO)


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
