"""What a search narrows by stands in the indexes: see `openlot.trail.searching`."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0004_spare_index'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='entry',
            name='trail_entry_actor_r_d85d9b_idx',
        ),
        migrations.RemoveIndex(
            model_name='entry',
            name='trail_entry_kind_b3a41b_idx',
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['kind', 'id', 'department_code', 'at'], name='trail_entry_kind_ef4a01_idx'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['actor_ref', 'id', 'kind', 'department_code', 'at'], name='trail_entry_actor_r_871891_idx'),
        ),
    ]
