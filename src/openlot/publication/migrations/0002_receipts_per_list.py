"""A business that stands on several lists has a receipt of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publication", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(name="sealedreceipt", options={"ordering": ["fid"]}),
        migrations.RemoveConstraint(model_name="sealedreceipt", name="receipt_once"),
        migrations.AddField(
            model_name="sealedreceipt",
            name="fid",
            field=models.CharField(default="F1", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="sealedreceipt",
            constraint=models.UniqueConstraint(
                fields=("record", "code_sha256", "fid"), name="receipt_once"
            ),
        ),
    ]
