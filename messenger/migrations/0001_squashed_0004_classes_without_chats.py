import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("messenger", "0001_chats"),
        ("messenger", "0002_created_by_platform"),
        ("messenger", "0003_conditions"),
        ("messenger", "0004_classes_without_chats"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("organizations", "0017_figures_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassWithoutChats",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="отмечено")),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school_class",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="without_chats",
                        to="organizations.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "отметка «В классе переносить нечего»",
                "verbose_name_plural": "отметки «В классе переносить нечего»",
            },
        ),
        migrations.CreateModel(
            name="NothingToMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="отмечено")),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nothing_to_move",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "отметка «Переносить нечего»",
                "verbose_name_plural": "отметки «Переносить нечего»",
            },
        ),
        migrations.CreateModel(
            name="Chat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="название")),
                ("key", models.CharField(editable=False, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "ждёт решения"),
                            ("moved", "перенесён"),
                            ("created", "создан самой платформой"),
                            ("not_moved", "не перенесён"),
                        ],
                        default="planned",
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                ("origin", models.CharField(blank=True, max_length=60, verbose_name="где чат сейчас")),
                (
                    "is_mover_administrator",
                    models.BooleanField(null=True, verbose_name="переносит создатель или администратор чата"),
                ),
                ("is_role_confirmed", models.BooleanField(null=True, verbose_name="роль переносящего подтверждена")),
                ("has_two_administrators", models.BooleanField(null=True, verbose_name="в чате два администратора")),
                ("messenger", models.CharField(blank=True, max_length=60, verbose_name="куда перенесён")),
                ("moved_on", models.DateField(blank=True, null=True, verbose_name="когда перенесён")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("one_administrator", "в чате только один администратор"),
                            ("no_owner", "создатель чата не найден или ушёл"),
                            ("role", "у переносящего не подтверждена роль"),
                            ("not_needed", "чат больше не нужен"),
                            ("refused", "участники не хотят переносить"),
                            ("other", "другая причина"),
                        ],
                        max_length=30,
                        verbose_name="почему не перенесён",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="подробнее")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="внесён")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="когда решено")),
                ("batch", models.UUIDField(editable=False, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chats",
                        to="organizations.organization",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        help_text="Пусто: чат сотрудников или общий.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chats",
                        to="organizations.schoolclass",
                        verbose_name="класс",
                    ),
                ),
            ],
            options={
                "verbose_name": "чат",
                "verbose_name_plural": "чаты",
                "ordering": [
                    models.OrderBy(models.F("school_class__grade"), nulls_first=True),
                    models.OrderBy(models.F("school_class__section"), nulls_first=True),
                    "name",
                    "pk",
                ],
                "indexes": [models.Index(fields=["organization", "status"], name="chat_of_organization")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("school_class__isnull", False)),
                        fields=("school_class", "key"),
                        name="chat_once_in_class",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("school_class", None)),
                        fields=("organization", "key"),
                        name="chat_once_beside_classes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("messenger", ""), ("moved_on", None), ("reason", ""), ("status", "planned")),
                            models.Q(
                                ("moved_on__isnull", False),
                                ("reason", ""),
                                ("status__in", ["moved", "created"]),
                                models.Q(("messenger", ""), _negated=True),
                            ),
                            models.Q(
                                ("messenger", ""),
                                ("moved_on", None),
                                (
                                    "reason__in",
                                    ["one_administrator", "no_owner", "role", "not_needed", "refused", "other"],
                                ),
                                ("status", "not_moved"),
                            ),
                            _connector="OR",
                        ),
                        name="chat_says_what_was_decided",
                    ),
                ],
            },
        ),
    ]
