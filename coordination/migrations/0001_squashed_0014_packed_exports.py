import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("coordination", "0001_snoozes"),
        ("coordination", "0002_calls"),
        ("coordination", "0003_standings"),
        ("coordination", "0004_sent_reports"),
        ("coordination", "0005_targets"),
        ("coordination", "0006_saved_views"),
        ("coordination", "0007_campaigns"),
        ("coordination", "0008_reminders"),
        ("coordination", "0009_digest_choices"),
        ("coordination", "0010_exports"),
        ("coordination", "0011_reconciliation"),
        ("coordination", "0012_campaign_skips"),
        ("coordination", "0013_exports_of_calls"),
        ("coordination", "0014_packed_exports"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("correspondence", "0004_letters_of_a_recipient"),
        ("organizations", "0017_figures_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="название")),
                ("subject", models.CharField(max_length=200, verbose_name="тема")),
                ("text", models.TextField(verbose_name="текст")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="кому")),
                ("includes_done", models.BooleanField(default=False, verbose_name="и тем, у кого всё сделано")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "черновик"),
                            ("scheduled", "назначена"),
                            ("sending", "отправляется"),
                            ("sent", "письма написаны"),
                            ("cancelled", "отменена"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="написана"),
                ),
                ("starts_at", models.DateTimeField(editable=False, null=True, verbose_name="начало")),
                ("lease_until", models.DateTimeField(editable=False, null=True, verbose_name="в работе до")),
                ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="закончена")),
                (
                    "author",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "рассылка",
                "verbose_name_plural": "рассылки",
                "ordering": ["-written_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("scheduled", "sending"))),
                        fields=["starts_at"],
                        name="campaign_work",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "scheduled", "sending", "sent", "cancelled"])),
                        name="campaign_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ("scheduled", "sending")), _negated=True),
                            ("starts_at__isnull", False),
                            _connector="OR",
                        ),
                        name="campaign_in_work_has_a_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "skipped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "всё сделано"),
                            ("mail", "нет почты"),
                            ("address", "почта записана с ошибкой"),
                            ("closed", "организация закрыта"),
                            ("snoozed", "отложена в списке дел"),
                            ("foreign", "уже не в вашей территории"),
                        ],
                        max_length=10,
                        verbose_name="почему без письма",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="решено")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="coordination.campaign",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="correspondence.letter",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "получатель рассылки",
                "verbose_name_plural": "получатели рассылки",
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at", None)), fields=["campaign"], name="campaign_undecided"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "organization"), name="campaign_recipient_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("skipped", ""),
                            ("skipped__in", ["done", "mail", "address", "closed", "snoozed", "foreign"]),
                            _connector="OR",
                        ),
                        name="campaign_skip_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DigestChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=True, verbose_name="утренняя сводка")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "выбор утренней сводки",
                "verbose_name_plural": "выбор утренней сводки",
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="когда")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organizations", "Список организаций"),
                            ("report", "Справка на дату"),
                            ("turnaround", "Сроки ответов Сферума"),
                            ("calls", "Лист обзвона"),
                        ],
                        max_length=20,
                        verbose_name="что",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("xlsx", "XLSX"), ("csv", "CSV"), ("pdf", "PDF")], max_length=4, verbose_name="формат"
                    ),
                ),
                ("territory", models.CharField(blank=True, max_length=300, verbose_name="территория")),
                ("query", models.TextField(blank=True, verbose_name="условия")),
                ("with_names", models.BooleanField(default=False, verbose_name="с именами")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="основание")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("given", "отдан сразу"),
                            ("queued", "собирается"),
                            ("ready", "готов"),
                            ("failed", "не собран"),
                            ("cancelled", "отменён"),
                            ("erased", "файл стёрт"),
                        ],
                        max_length=10,
                        verbose_name="состояние",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="строк всего")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="строк записано")),
                ("queued_at", models.DateTimeField(null=True, verbose_name="поставлен в очередь")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="в работе до")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="попыток")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="собран")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="почему не собран")),
                ("scope", models.JSONField(default=list, verbose_name="права, с которыми собран")),
                ("content", models.BinaryField(default=b"")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
            ],
            options={
                "verbose_name": "выгрузка",
                "verbose_name_plural": "выгрузки",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["by", "-at"], name="export_of_person"),
                    models.Index(condition=models.Q(("status", "queued")), fields=["queued_at"], name="export_work"),
                    models.Index(condition=models.Q(("status", "ready")), fields=["finished_at"], name="export_erase"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["given", "queued", "ready", "failed", "cancelled", "erased"])
                        ),
                        name="export_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("with_names", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="export_names_have_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Администратор не подтверждён"),
                            (1, "Администратор назначен"),
                            (3, "Зарегистрирована"),
                            (4, "Вход подтверждён"),
                            (5, "Классы созданы"),
                            (6, "Ссылки выпущены"),
                        ],
                        verbose_name="о каком этапе",
                    ),
                ),
                ("since", models.DateField(verbose_name="на этапе с")),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("administrator", "администратору"),
                            ("head", "руководителю"),
                            ("municipality", "координатору муниципалитета"),
                            ("region", "координатору региона"),
                        ],
                        max_length=20,
                        verbose_name="кому",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=120, unique=True)),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="день")),
                ("waits_for_digest", models.BooleanField(default=False, verbose_name="войдёт в утреннюю сводку")),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="correspondence.letter",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ladder_reminders",
                        to="organizations.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "напоминание",
                "verbose_name_plural": "напоминания",
                "ordering": ["-on", "-pk"],
                "indexes": [
                    models.Index(fields=["organization", "stage", "since"], name="reminder_of_stage"),
                    models.Index(
                        condition=models.Q(("waits_for_digest", True)), fields=["person"], name="reminder_for_digest"
                    ),
                    models.Index(fields=["-on", "-id"], name="reminder_by_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rung__in", ["administrator", "head", "municipality", "region"])),
                        name="reminder_rung_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", [0, 1, 3, 4, 5, 6])), name="reminder_stage_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("summer_begins", models.CharField(default="06-01", max_length=5, verbose_name="летом молчим с")),
                ("summer_ends", models.CharField(default="08-25", max_length=5, verbose_name="летом молчим по")),
                ("quiet_periods", models.JSONField(blank=True, default=list, verbose_name="каникулы")),
                ("paused_at", models.DateTimeField(editable=False, null=True, verbose_name="приостановлено")),
                (
                    "paused_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_settings",
                        to="organizations.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "настройки напоминаний",
                "verbose_name_plural": "настройки напоминаний",
            },
        ),
        migrations.CreateModel(
            name="RungSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Администратор не подтверждён"),
                            (1, "Администратор назначен"),
                            (3, "Зарегистрирована"),
                            (4, "Вход подтверждён"),
                            (5, "Классы созданы"),
                            (6, "Ссылки выпущены"),
                        ],
                        verbose_name="этап",
                    ),
                ),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("administrator", "администратору"),
                            ("head", "руководителю"),
                            ("municipality", "координатору муниципалитета"),
                            ("region", "координатору региона"),
                        ],
                        max_length=20,
                        verbose_name="кому",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="напоминать")),
                (
                    "after_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(250),
                        ],
                        verbose_name="через рабочих дней",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="текст")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="organizations.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "ступень напоминаний",
                "verbose_name_plural": "ступени напоминаний",
                "constraints": [
                    models.UniqueConstraint(fields=("region", "stage", "rung"), name="rung_once"),
                    models.CheckConstraint(
                        condition=models.Q(("rung__in", ["administrator", "head", "municipality", "region"])),
                        name="rung_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", [0, 1, 3, 4, 5, 6])), name="rung_stage_known"
                    ),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="SentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="когда")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sent_reports",
                        to="organizations.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sent_reports",
                        to="organizations.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "отправленная справка",
                "verbose_name_plural": "отправленные справки",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["region", "municipality", "-at"], name="sent_report_latest")],
            },
        ),
        migrations.CreateModel(
            name="SferumTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="загружена")),
                ("name", models.CharField(max_length=200, verbose_name="имя файла")),
                (
                    "status",
                    models.CharField(
                        choices=[("uploaded", "столбцы не проверены"), ("waiting", "сверяется"), ("held", "сверена")],
                        default="uploaded",
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                ("titles", models.JSONField(default=list, verbose_name="заголовки")),
                ("columns", models.JSONField(default=dict, verbose_name="столбцы")),
                ("rows", models.JSONField(default=list, verbose_name="строки")),
                ("is_complete", models.BooleanField(default=True, verbose_name="в таблице вся территория")),
                ("held_at", models.DateTimeField(null=True, verbose_name="сверена")),
                ("report", models.JSONField(default=dict, verbose_name="итог")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "таблица Сферума",
                "verbose_name_plural": "таблицы Сферума",
                "ordering": ["-uploaded_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["uploaded", "waiting", "held"])),
                        name="sferum_table_status_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contradiction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unknown", "в Сферуме есть, в портале нет"),
                            ("not-here", "в Сферуме есть, в портале не зарегистрирована"),
                            ("not-there", "в портале зарегистрирована, в Сферуме нет"),
                            ("phone", "номер регистрации другой"),
                            ("classes", "число классов другое"),
                            ("teachers", "в Сферуме меньше учителей, чем принято"),
                            ("pupils", "в Сферуме меньше учеников, чем принято"),
                        ],
                        max_length=20,
                        verbose_name="в чём",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=200)),
                ("name", models.CharField(blank=True, max_length=500, verbose_name="как в таблице")),
                ("there", models.CharField(blank=True, max_length=200, verbose_name="в Сферуме")),
                ("here", models.CharField(blank=True, max_length=200, verbose_name="в портале")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "нужно разобраться"), ("resolved", "разобрано"), ("agreed", "сошлось само")],
                        default="open",
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("portal", "портал верен"), ("taken", "взято из таблицы"), ("noted", "разобрались")],
                        max_length=20,
                        verbose_name="решение",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="примечание")),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="найдено")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="закрыто")),
                (
                    "closed_by",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contradictions",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contradictions",
                        to="coordination.sferumtable",
                        verbose_name="таблица",
                    ),
                ),
            ],
            options={
                "verbose_name": "расхождение",
                "verbose_name_plural": "расхождения",
                "ordering": ["-found_at", "pk"],
                "indexes": [models.Index(fields=["region", "status", "kind"], name="contradiction_work")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("region", "key", "kind"),
                        name="one_open_contradiction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "resolved", "agreed"])),
                        name="contradiction_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["unknown", "not-here", "not-there", "phone", "classes", "teachers", "pupils"])
                        ),
                        name="contradiction_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="Состояние на конец этого дня.", null=True, verbose_name="день")),
                ("at", models.DateTimeField(verbose_name="когда снято")),
                ("changed", models.PositiveIntegerField(verbose_name="изменилось организаций")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snapshots", to="organizations.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "снимок состояния",
                "verbose_name_plural": "снимки состояния",
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["region", "-day"], name="snapshot_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("day__isnull", False)), fields=("region", "day"), name="snapshot_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField(verbose_name="вернуть в список")),
                ("reason", models.CharField(max_length=300, verbose_name="почему отложено")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="когда")),
                ("woken_at", models.DateTimeField(editable=False, null=True, verbose_name="возвращено")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто отложил",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
                (
                    "woken_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "отложенная организация",
                "verbose_name_plural": "отложенные организации",
                "ordering": ["until", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("woken_at", None)), fields=("organization",), name="one_open_snooze"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_from", models.DateTimeField(verbose_name="с")),
                ("seen_until", models.DateTimeField(null=True, verbose_name="до")),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Администратор назначен"),
                            (2, "Письмо в Сферум отправлено"),
                            (3, "Зарегистрирована"),
                            (4, "Вход подтверждён"),
                            (5, "Классы созданы"),
                            (6, "Ссылки выпущены"),
                            (7, "Чаты перенесены"),
                        ],
                        null=True,
                        verbose_name="этап",
                    ),
                ),
                ("step_since", models.DateField(null=True, verbose_name="на этапе с")),
                (
                    "administrator_state",
                    models.CharField(
                        choices=[
                            ("confirmed", "подтверждён"),
                            ("unconfirmed", "не подтверждён"),
                            ("changing", "сменился"),
                            ("absent", "отсутствует, действует заместитель"),
                            ("unknown", "неизвестен"),
                        ],
                        max_length=20,
                        verbose_name="администратор",
                    ),
                ),
                (
                    "holder",
                    models.CharField(
                        choices=[
                            ("head", "руководитель"),
                            ("administrator", "администратор"),
                            ("support", "Поддержка Сферума"),
                            ("manager", "менеджер по интеграции"),
                            ("nobody", "всё сделано"),
                        ],
                        max_length=20,
                        verbose_name="ход за",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("school", "школа"),
                            ("kindergarten", "детский сад"),
                            ("college", "колледж, техникум"),
                            ("additional", "дополнительное образование"),
                            ("other", "другая организация"),
                        ],
                        max_length=20,
                        verbose_name="вид",
                    ),
                ),
                ("is_listed", models.BooleanField(default=True, verbose_name="в списке")),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.municipality",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_standings",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "состояние организации",
                "verbose_name_plural": "состояния организаций",
                "ordering": ["organization", "seen_from"],
                "indexes": [models.Index(fields=["seen_until", "seen_from"], name="standing_interval")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "seen_from"), name="standing_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seen_until", None)), fields=("organization",), name="standing_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seen_until", None), ("seen_until__gt", models.F("seen_from")), _connector="OR"
                        ),
                        name="standing_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("administrator_state__in", ["confirmed", "unconfirmed", "changing", "absent", "unknown"]),
                            ("holder__in", ["head", "administrator", "support", "manager", "nobody"]),
                        ),
                        name="standing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", None), ("step__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"),
                            ("kind__in", ["school", "kindergarten", "college", "additional", "other"]),
                        ),
                        name="standing_step_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("registered", "Зарегистрировано"),
                            ("confirmed", "Администратор подтверждён"),
                            ("invited", "Ссылки выпущены"),
                            ("migrated", "Чаты перенесены"),
                        ],
                        max_length=20,
                        verbose_name="показатель",
                    ),
                ),
                ("value", models.PositiveIntegerField(verbose_name="сколько")),
                ("is_share", models.BooleanField(default=True, verbose_name="в процентах")),
                ("due_on", models.DateField(verbose_name="к какому дню")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="назначена")),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="organizations.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="organizations.region"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "цель",
                "verbose_name_plural": "цели",
                "ordering": ["due_on", models.OrderBy(models.F("municipality__name"), nulls_first=True), "measure"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("municipality", None)),
                        fields=("region", "measure", "due_on"),
                        name="target_once_per_region",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("municipality__isnull", False)),
                        fields=("municipality", "measure", "due_on"),
                        name="target_once_per_municipality",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["registered", "confirmed", "invited", "migrated"])),
                        name="target_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_share", False), ("value__lte", 100), _connector="OR"),
                        name="target_share_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("confirmed", "на месте, вход работает"),
                            ("later", "перезвонить"),
                            ("silent", "не отвечают"),
                            ("wrong", "номер неверный"),
                            ("other", "другое"),
                        ],
                        max_length=20,
                        verbose_name="итог",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("overdue", "Сферум не ответил в срок"),
                            ("unread", "ответ Сферума не записан"),
                            ("unchecked", "новое назначение не проверено"),
                            ("expired", "срок назначения истёк"),
                            ("nobody", "администратора нет"),
                            ("mail", "почта администратора не принимает письма"),
                            ("deputy", "срок заместителя истёк"),
                            ("requests", "заявки в классы ждут"),
                            ("unsent", "письмо в Сферум не отправлено"),
                            ("head", "руководитель не ответил"),
                            ("no-email", "написать некуда"),
                            ("lone", "заместителя нет"),
                        ],
                        max_length=20,
                        verbose_name="почему звонили",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="заметка")),
                ("named", models.CharField(blank=True, max_length=200, verbose_name="назван новый администратор")),
                ("on", models.DateField(default=django.utils.timezone.localdate, editable=False, verbose_name="день")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="когда")),
                ("key", models.UUIDField(editable=False, null=True, unique=True, verbose_name="строка листа")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто звонил",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
            ],
            options={
                "verbose_name": "звонок",
                "verbose_name_plural": "звонки",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["organization", "-at"], name="call_of_organization"),
                    models.Index(fields=["on", "organization"], name="call_of_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["confirmed", "later", "silent", "wrong", "other"])),
                        name="call_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason", ""),
                            (
                                "reason__in",
                                [
                                    "overdue",
                                    "unread",
                                    "unchecked",
                                    "expired",
                                    "nobody",
                                    "mail",
                                    "deputy",
                                    "requests",
                                    "unsent",
                                    "head",
                                    "no-email",
                                    "lone",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="call_reason_known",
                    ),
                ],
            },
        ),
    ]
