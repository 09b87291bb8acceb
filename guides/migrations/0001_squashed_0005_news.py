import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import guides.models.training


class Migration(migrations.Migration):
    replaces = [
        ("guides", "0001_guides"),
        ("guides", "0002_training_cancelled"),
        ("guides", "0003_reader"),
        ("guides", "0004_links_checked"),
        ("guides", "0005_news"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("organizations", "0017_figures_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wants_reminders", models.BooleanField(default=True, verbose_name="напоминания об обучении")),
                ("news_read_at", models.DateTimeField(null=True, verbose_name="новости прочитаны")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто",
                    ),
                ),
            ],
            options={
                "verbose_name": "читатель",
                "verbose_name_plural": "читатели",
            },
        ),
        migrations.CreateModel(
            name="Guide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("link", "полезная ссылка"),
                            ("recording", "запись"),
                            ("article", "статья"),
                            ("problem", "известная проблема"),
                        ],
                        default="link",
                        max_length=20,
                        verbose_name="вид",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="название")),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        max_length=500,
                        validators=[django.core.validators.URLValidator(["http", "https"])],
                        verbose_name="ссылка",
                    ),
                ),
                (
                    "symptom",
                    models.CharField(
                        blank=True,
                        help_text="Для известной проблемы: как она выглядит.",
                        max_length=500,
                        verbose_name="что видит человек",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="Для известной проблемы: что делать.",
                        max_length=4000,
                        verbose_name="текст",
                    ),
                ),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Администратор назначен"),
                            (2, "Письмо в Сферум отправлено"),
                            (3, "Зарегистрирована"),
                            (4, "Вход подтверждён"),
                            (5, "Классы созданы"),
                            (6, "Ссылки выпущены"),
                            (7, "Чаты перенесены"),
                        ],
                        help_text="На пути к какому этапу это нужно. Пусто: на любом.",
                        null=True,
                        verbose_name="этап",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="порядок")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="проверить")),
                (
                    "link_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("opens", "открывается"),
                            ("broken", "страницы нет"),
                            ("silent", "сайт не отвечает"),
                            ("foreign", "не проверяется: сайта нет в списке региона"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="ссылка",
                    ),
                ),
                ("link_checked_on", models.DateField(editable=False, null=True, verbose_name="ссылка проверена")),
                ("broken_since", models.DateField(editable=False, null=True, verbose_name="не открывается с")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто следит",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Пусто: для всех регионов.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guides",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
            ],
            options={
                "verbose_name": "материал",
                "verbose_name_plural": "материалы",
                "ordering": [models.OrderBy(models.F("step"), nulls_first=True), "order", "pk"],
                "indexes": [models.Index(fields=["region", "step"], name="guide_by_step")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["link", "recording", "article", "problem"])),
                        name="guide_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step", None), ("step__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"),
                        name="guide_step_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("url", ""), _negated=True), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="guide_says_something",
                        violation_error_message="Нужна ссылка или текст.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="что изменилось")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="подробности")),
                (
                    "published_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="опубликовано"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Пусто: для всех регионов.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто",
                    ),
                ),
            ],
            options={
                "verbose_name": "новость",
                "verbose_name_plural": "что изменилось",
                "ordering": ["-published_at", "-pk"],
                "indexes": [models.Index(fields=["region", "-published_at"], name="news_by_day")],
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="тема")),
                ("starts_at", models.DateTimeField(verbose_name="начало")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="о чём")),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="продолжительность, минут")),
                ("ends_at", models.DateTimeField(editable=False, verbose_name="окончание")),
                (
                    "join_url",
                    models.URLField(
                        blank=True,
                        max_length=500,
                        validators=[django.core.validators.URLValidator(["http", "https"])],
                        verbose_name="ссылка для подключения",
                    ),
                ),
                (
                    "recording_url",
                    models.URLField(
                        blank=True,
                        max_length=500,
                        validators=[django.core.validators.URLValidator(["http", "https"])],
                        verbose_name="ссылка на запись",
                    ),
                ),
                (
                    "steps",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[guides.models.training.known_steps],
                        verbose_name="для каких этапов",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="изменено")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False, verbose_name="изменений")),
                ("cancelled_at", models.DateTimeField(editable=False, null=True, verbose_name="отменено")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Пусто: для всех регионов.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trainings",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
            ],
            options={
                "verbose_name": "обучение",
                "verbose_name_plural": "обучение",
                "ordering": ["-starts_at", "-pk"],
                "indexes": [models.Index(fields=["region", "ends_at"], name="training_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="training_ends_after_start"
                    )
                ],
            },
        ),
    ]
