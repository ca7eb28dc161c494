"""A private part is named by its entry and kind alone: one tree of keys less for each event."""

from typing import Any

from django.db import migrations, models

ON_SQLITE = (
    'CREATE TABLE "trail_privatepart_new" ("entry_id" bigint NOT NULL'
    ' REFERENCES "trail_entry" ("id") DEFERRABLE INITIALLY DEFERRED, "kind" varchar(8) NOT NULL,'
    ' "salt" BLOB NOT NULL, "payload" BLOB NOT NULL, PRIMARY KEY ("entry_id", "kind")) WITHOUT ROWID',
    'INSERT INTO "trail_privatepart_new" SELECT "entry_id", "kind", "salt", "payload"'
    ' FROM "trail_privatepart"',
    'DROP TABLE "trail_privatepart"',
    'ALTER TABLE "trail_privatepart_new" RENAME TO "trail_privatepart"',
)
ON_POSTGRESQL = (
    'ALTER TABLE "trail_privatepart" DROP CONSTRAINT "one_part_of_a_kind"',
    'ALTER TABLE "trail_privatepart" DROP COLUMN "id"',
    'ALTER TABLE "trail_privatepart" ADD PRIMARY KEY ("entry_id", "kind")',
)


def store_parts_by_key(apps: Any, schema_editor: Any) -> None:
    """Keep parts in the order of their key; the guards rise again after migrating."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in ON_POSTGRESQL:
            schema_editor.execute(statement)
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'")
        guards = [name for (name,) in cursor.fetchall()]
    for statement in (*(f'DROP TRIGGER "{name}"' for name in guards), *ON_SQLITE):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0005_wide_indexes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(store_parts_by_key, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='privatepart',
                    name='one_part_of_a_kind',
                ),
                migrations.RemoveField(
                    model_name='privatepart',
                    name='id',
                ),
                migrations.AddField(
                    model_name='privatepart',
                    name='pk',
                    field=models.CompositePrimaryKey('entry_id', 'kind', blank=True, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
    ]
