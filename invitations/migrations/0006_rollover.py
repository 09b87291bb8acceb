import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0005_expected_names"),
        ("organizations", "0004_classes_of_the_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rollover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_year", models.PositiveSmallIntegerField(verbose_name="из учебного года")),
                ("batch", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="сделано")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="отменено")),
            ],
            options={
                "verbose_name": "перевод на новый учебный год",
                "verbose_name_plural": "переводы на новый учебный год",
                "ordering": ["-done_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="rollover",
            name="done_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="rollover",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rollovers", to="organizations.organization"
            ),
        ),
        migrations.AddField(
            model_name="rollover",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="rollover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("organization", "from_year"),
                name="one_rollover_of_a_year",
            ),
        ),
    ]
