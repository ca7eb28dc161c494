"""The tree, what was signed, and the register of touched tables; guards are raised after migrating."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

OLD = (
    "trail_entry_no_update trail_entry_no_delete trail_entry_no_replace trail_private_no_update"
    " trail_entry_pending"
).split()
OLD_POSTGRESQL = (
    "DROP TRIGGER trail_entry_pending ON trail_entry",
    "DROP TRIGGER trail_private_guard ON trail_privatepart",
    "DROP TRIGGER trail_entry_guard ON trail_entry",
    "DROP FUNCTION trail_queue()",
    "DROP FUNCTION trail_refuse()",
)


def lower_first_guards(apps: Any, schema_editor: Any) -> None:
    """Take the first guards down; the list of protected tables raises all anew."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in OLD_POSTGRESQL:
            schema_editor.execute(statement)
    else:
        for name in OLD:
            schema_editor.execute(f"DROP TRIGGER {name}")


def begin_tree(apps: Any, schema_editor: Any) -> None:
    """Plant the tree: its head with no leaf."""
    apps.get_model("trail", "Head").objects.create(id=1)


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0002_guards'),
    ]

    operations = [
        migrations.RunPython(lower_first_guards, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('note', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-size'],
            },
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('pk', models.CompositePrimaryKey('token', 'relation', 'act', blank=True, editable=False, primary_key=True, serialize=False)),
                ('token', models.CharField(max_length=48)),
                ('relation', models.CharField(max_length=63)),
                ('act', models.CharField(max_length=6)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveBigIntegerField()),
                ('witness', models.CharField(max_length=120)),
                ('line', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('size', 'witness'), name='cosigned_once')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('frontier', models.BinaryField(default=b'')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_head')],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('index', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('commitment', models.BinaryField(max_length=32, unique=True)),
                ('hash', models.BinaryField(max_length=32)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='leaf', to='trail.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('number', models.PositiveBigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('hashes', models.BinaryField(max_length=8192)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('level', 'number'), name='tile_once')],
            },
        ),
        migrations.RunPython(begin_tree, migrations.RunPython.noop),
    ]
