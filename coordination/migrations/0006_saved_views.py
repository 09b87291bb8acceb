import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organizations", "0014_search_vocabulary"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("coordination", "0005_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="название")),
                ("query", models.CharField(max_length=2000, verbose_name="условия")),
                ("is_shared", models.BooleanField(default=False, verbose_name="виден другим координаторам")),
                ("is_start", models.BooleanField(default=False, verbose_name="открывается первым")),
                (
                    "saved_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="сохранён"),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.region",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "сохранённые условия",
                "verbose_name_plural": "сохранённые условия",
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("is_shared", True)), fields=["region"], name="saved_view_shared")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "name"), name="saved_view_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_start", True)), fields=("user",), name="saved_view_one_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_shared", False), ("region__isnull", False), _connector="OR"),
                        name="saved_view_shared_somewhere",
                    ),
                ],
            },
        ),
    ]
