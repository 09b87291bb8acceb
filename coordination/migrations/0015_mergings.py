"""A merging can be taken back: it keeps for two weeks what it has changed."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0014_packed_exports"),
        ("organizations", "0017_figures_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Merging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="сделано")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="отменено")),
                ("journal", models.JSONField(default=list, verbose_name="что изменено")),
                ("deleted", models.JSONField(default=list, verbose_name="что снято")),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "loser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="вошла в неё",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "winner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="осталась",
                    ),
                ),
            ],
            options={
                "verbose_name": "объединение",
                "verbose_name_plural": "объединения",
                "ordering": ["-done_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("undone_at", None)), fields=["done_at"], name="merging_undo")
                ],
            },
        ),
    ]
