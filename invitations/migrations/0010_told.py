"""The sheet of those whom no letter reaches: who has been told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0009_recent_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="joinrequest",
            name="told_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="решение передано лично"),
        ),
    ]
