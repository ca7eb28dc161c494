"""What an act pays for twice: an index beside a unique key, and row numbers of touches on SQLite."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TOUCHES = (
    'CREATE TABLE "trail_touch_new" ("token" varchar(48) NOT NULL, "relation" varchar(63) NOT NULL,'
    ' "act" varchar(6) NOT NULL, "at" datetime NOT NULL,'
    ' PRIMARY KEY ("token", "relation", "act")) WITHOUT ROWID',
    'INSERT INTO "trail_touch_new" SELECT "token", "relation", "act", "at" FROM "trail_touch"',
    'DROP TABLE "trail_touch"',
    'ALTER TABLE "trail_touch_new" RENAME TO "trail_touch"',
)


def store_touches_by_key(apps: Any, schema_editor: Any) -> None:
    """Keep touches in the order of their key alone; the guards that write them rise after migrating."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'")
        guards = [name for (name,) in cursor.fetchall()]
    for statement in (*(f'DROP TRIGGER "{name}"' for name in guards), *TOUCHES):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0003_tree'),
    ]

    operations = [
        migrations.AlterField(
            model_name='privatepart',
            name='entry',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='private_parts', to='trail.entry'),
        ),
        migrations.RunPython(store_touches_by_key, migrations.RunPython.noop),
    ]
