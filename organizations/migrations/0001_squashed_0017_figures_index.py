import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

import organizations.models.territory


class Migration(migrations.Migration):
    replaces = [
        ("organizations", "0001_organizations"),
        ("organizations", "0002_import_files"),
        ("organizations", "0003_confirmed_and_entered"),
        ("organizations", "0004_classes_of_the_next_year"),
        ("organizations", "0005_class_teachers_act"),
        ("organizations", "0006_import_rows"),
        ("organizations", "0007_import_layouts"),
        ("organizations", "0008_head_links_sent"),
        ("organizations", "0009_missing_in_registry"),
        ("organizations", "0010_undo_of_imports"),
        ("organizations", "0011_norms_of_steps"),
        ("organizations", "0012_questions_of_imports"),
        ("organizations", "0013_search_words"),
        ("organizations", "0014_search_vocabulary"),
        ("organizations", "0015_reminder_limit_and_municipal_heads"),
        ("organizations", "0016_closing_reason"),
        ("organizations", "0017_figures_index"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Municipality",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="название")),
                ("oktmo", models.CharField(blank=True, max_length=11, verbose_name="ОКТМО")),
                (
                    "head_name",
                    models.CharField(blank=True, max_length=200, verbose_name="руководитель управления образования"),
                ),
                (
                    "head_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="почта для недельной сводки"),
                ),
            ],
            options={
                "verbose_name": "муниципалитет",
                "verbose_name_plural": "муниципалитеты",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=3, unique=True, verbose_name="номер субъекта")),
                ("name", models.CharField(max_length=120, verbose_name="название")),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Moscow",
                        max_length=40,
                        validators=[organizations.models.territory.known_time_zone],
                        verbose_name="часовой пояс",
                    ),
                ),
                (
                    "department_name",
                    models.CharField(blank=True, max_length=300, verbose_name="орган управления образованием"),
                ),
                (
                    "department_phone",
                    models.CharField(blank=True, max_length=60, verbose_name="городской телефон для проверки"),
                ),
                (
                    "support_email",
                    models.EmailField(default="info@sferum.ru", max_length=254, verbose_name="почта Поддержки Сферума"),
                ),
                ("sferum_url", models.URLField(default="https://sferum.ru", verbose_name="сайт Сферума")),
                ("manager_name", models.CharField(blank=True, max_length=200, verbose_name="менеджер по интеграции")),
                (
                    "manager_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="телефон менеджера"
                    ),
                ),
                ("manager_email", models.EmailField(blank=True, max_length=254, verbose_name="почта менеджера")),
                ("manager_telegram", models.CharField(blank=True, max_length=60, verbose_name="Telegram менеджера")),
                (
                    "messenger_name",
                    models.CharField(default="VK Мессенджер", max_length=60, verbose_name="мессенджер региона"),
                ),
                (
                    "allowed_link_hosts",
                    models.JSONField(
                        default=organizations.models.territory.default_link_hosts,
                        verbose_name="сайты, чьи ссылки можно хранить",
                    ),
                ),
                (
                    "parents_join_by_link",
                    models.BooleanField(default=False, verbose_name="родители вступают по ссылке"),
                ),
                (
                    "reminder_after_days",
                    models.PositiveSmallIntegerField(default=3, verbose_name="напоминать после рабочих дней"),
                ),
                (
                    "answer_after_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="ответ Сферума ждём рабочих дней"),
                ),
                (
                    "reminders_a_week",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(7),
                        ],
                        verbose_name="напоминаний одному человеку за неделю, не больше",
                    ),
                ),
                (
                    "step_norms",
                    models.JSONField(
                        blank=True,
                        default=organizations.models.territory.default_step_norms,
                        verbose_name="нормы этапов, рабочих дней",
                    ),
                ),
                (
                    "summer_from",
                    models.CharField(
                        blank=True,
                        default="01.06",
                        max_length=5,
                        validators=[organizations.models.territory.known_day_of_year],
                        verbose_name="летом сроки школ стоят с",
                    ),
                ),
                (
                    "summer_until",
                    models.CharField(
                        blank=True,
                        default="25.08",
                        max_length=5,
                        validators=[organizations.models.territory.known_day_of_year],
                        verbose_name="по",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="пример")),
            ],
            options={
                "verbose_name": "регион",
                "verbose_name_plural": "регионы",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="загружен")),
                ("name", models.CharField(max_length=200, verbose_name="имя файла")),
                ("content", models.BinaryField()),
                ("region_code", models.CharField(blank=True, max_length=3, verbose_name="номер региона")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "столбцы не проверены"),
                            ("reading", "читается"),
                            ("ready", "ждёт подтверждения"),
                            ("applying", "загружается"),
                            ("applied", "загружен"),
                            ("undoing", "отменяется"),
                            ("undone", "загрузка отменена"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, verbose_name="прочитан раз")),
                ("layout", models.JSONField(default=dict, verbose_name="лист и столбцы")),
                ("queued_at", models.DateTimeField(null=True, verbose_name="поставлен в очередь")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="в работе до")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="попыток")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="строк всего")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="строк пройдено")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="почему не прочитан")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="подтверждён")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="применён")),
                ("report", models.JSONField(default=dict, verbose_name="итог")),
                ("scope", models.JSONField(default=dict, verbose_name="территория файла")),
                ("closed", models.JSONField(default=list, verbose_name="закрыты как отсутствующие")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "файл реестра",
                "verbose_name_plural": "файлы реестра",
                "ordering": ["-uploaded_at"],
                "indexes": [
                    models.Index(fields=["uploaded_at"], name="import_file_purge"),
                    models.Index(
                        condition=models.Q(("status__in", ("reading", "applying", "undoing"))),
                        fields=["status", "queued_at"],
                        name="import_file_work",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["uploaded", "reading", "ready", "applying", "applied", "undoing", "undone"])
                        ),
                        name="import_file_status_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_code", models.CharField(blank=True, max_length=3, verbose_name="номер региона")),
                ("signature", models.CharField(max_length=64, verbose_name="заголовки")),
                ("columns", models.JSONField(default=dict, verbose_name="столбцы")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="когда")),
            ],
            options={
                "verbose_name": "разметка реестра",
                "verbose_name_plural": "разметки реестра",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("region_code", "signature"), name="import_layout_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        default="school",
                        max_length=20,
                        verbose_name="вид",
                    ),
                ),
                ("full_name", models.CharField(max_length=500, verbose_name="полное наименование")),
                ("short_name", models.CharField(blank=True, max_length=300, verbose_name="краткое наименование")),
                (
                    "branch",
                    models.CharField(
                        blank=True,
                        help_text="Отличает здания одного юридического лица, если они ведутся отдельными строками.",
                        max_length=120,
                        verbose_name="корпус или филиал",
                    ),
                ),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="ИНН")),
                ("kpp", models.CharField(blank=True, max_length=9, verbose_name="КПП")),
                ("ogrn", models.CharField(blank=True, max_length=15, verbose_name="ОГРН")),
                (
                    "own_code",
                    models.CharField(
                        blank=True,
                        help_text="Под этим кодом организация стоит в списках департамента.",
                        max_length=40,
                        verbose_name="код в реестре",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=500, verbose_name="адрес")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="официальная почта")),
                ("phone", models.CharField(blank=True, max_length=200, verbose_name="телефоны")),
                ("site", models.CharField(blank=True, max_length=200, verbose_name="сайт")),
                ("head_name", models.CharField(blank=True, max_length=200, verbose_name="руководитель")),
                ("search_key", models.TextField(editable=False)),
                ("search_words", models.TextField(db_default="", default="", editable=False)),
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
                        editable=False,
                        null=True,
                        verbose_name="этап",
                    ),
                ),
                ("step_since", models.DateField(editable=False, null=True, verbose_name="на этапе с")),
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
                        default="unknown",
                        editable=False,
                        max_length=20,
                        verbose_name="администратор",
                    ),
                ),
                (
                    "administrator_confirmed_on",
                    models.DateField(editable=False, null=True, verbose_name="администратор подтверждён"),
                ),
                (
                    "registered_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True,
                        help_text="Права администратора в Сферуме даёт только вход с этого номера.",
                        max_length=128,
                        region=None,
                        verbose_name="номер, на который зарегистрирована организация",
                    ),
                ),
                ("head_link_version", models.PositiveIntegerField(default=1, editable=False)),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="закрыта")),
                ("closed_reason", models.CharField(blank=True, max_length=300, verbose_name="почему закрыта")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="пример")),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organizations",
                        to="organizations.municipality",
                        verbose_name="муниципалитет",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="organizations.organization",
                        verbose_name="правопреемник",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organizations",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
            ],
            options={
                "verbose_name": "организация",
                "verbose_name_plural": "организации",
                "ordering": ["search_key", "pk"],
                "indexes": [
                    models.Index(fields=["region", "search_key"], name="organization_list"),
                    models.Index(fields=["municipality", "search_key"], name="organization_list_local"),
                    models.Index(
                        condition=models.Q(("own_code", ""), _negated=True),
                        fields=["region", "own_code"],
                        name="organization_own_code",
                    ),
                    models.Index(fields=["region", "step", "administrator_state"], name="organization_step"),
                    models.Index(
                        condition=models.Q(("closed_on", None)),
                        fields=["region", "municipality", "kind", "step", "administrator_state", "step_since", "id"],
                        name="organization_figures",
                    ),
                    models.Index(
                        condition=models.Q(("closed_on", None)),
                        fields=["search_key", "id"],
                        name="organization_in_order",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kpp", ""), _negated=True),
                        fields=("inn", "kpp", "branch"),
                        name="organization_once_by_inn_kpp",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kpp", ""), models.Q(("ogrn", ""), _negated=True)),
                        fields=("ogrn", "branch"),
                        name="organization_once_by_ogrn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["school", "kindergarten", "college", "additional", "other"])),
                        name="organization_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step", None), ("step__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"),
                        name="organization_step_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("administrator_state__in", ["confirmed", "unconfirmed", "changing", "absent", "unknown"])
                        ),
                        name="administrator_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        verbose_name="этап",
                    ),
                ),
                (
                    "reached_on",
                    models.DateField(blank=True, help_text="Пусто: день неизвестен.", null=True, verbose_name="когда"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("school", "со слов школы"),
                            ("letter", "из письма"),
                            ("portal", "видно в портале"),
                            ("registry", "по реестру"),
                            ("coordinator", "проверил координатор"),
                        ],
                        max_length=20,
                        verbose_name="основание",
                    ),
                ),
                (
                    "noted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="записано"),
                ),
                (
                    "noted_by",
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
                        related_name="milestones",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "этап организации",
                "verbose_name_plural": "этапы организаций",
                "ordering": ["organization", "step"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "step"), name="milestone_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", [1, 2, 3, 4, 5, 6, 7])), name="milestone_step_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["school", "letter", "portal", "registry", "coordinator"])),
                        name="milestone_source_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="строка")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("added", "добавится"),
                            ("changed", "изменится"),
                            ("same", "без изменений"),
                            ("asked", "нужен ответ"),
                            ("refused", "не принята"),
                        ],
                        max_length=10,
                        verbose_name="что будет",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=500, verbose_name="наименование")),
                ("said", models.JSONField(default=dict, verbose_name="что сказано")),
                ("changes", models.JSONField(default=list, verbose_name="изменения")),
                ("problems", models.JSONField(default=list, verbose_name="почему не принята")),
                ("warnings", models.JSONField(default=list, verbose_name="замечания")),
                ("has_warnings", models.BooleanField(default=False)),
                ("cells", models.JSONField(default=list, verbose_name="ячейки")),
                ("written", models.JSONField(default=dict, verbose_name="записано")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "пока без ответа"),
                            ("yes", "да, это она"),
                            ("new", "нет, другая: добавить"),
                            ("skip", "не загружать"),
                        ],
                        max_length=10,
                        verbose_name="ответ",
                    ),
                ),
                ("is_written", models.BooleanField(default=False)),
                ("is_undone", models.BooleanField(default=False)),
                ("undo_notes", models.JSONField(default=list, verbose_name="что не возвращено")),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="organizations.importfile",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "строка реестра",
                "verbose_name_plural": "строки реестра",
                "ordering": ["number"],
                "indexes": [models.Index(fields=["file", "outcome", "number"], name="import_row_tab")],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "number"), name="import_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["added", "changed", "same", "asked", "refused"])),
                        name="import_row_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("responsible", "ответственный"), ("deputy", "заместитель")],
                        default="responsible",
                        max_length=20,
                        verbose_name="роль",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("acting", "действует"),
                            ("contested", "оспорено координатором"),
                            ("ended", "прекращено"),
                        ],
                        default="acting",
                        editable=False,
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                ("full_name", models.CharField(max_length=200, verbose_name="фамилия, имя, отчество")),
                ("position", models.CharField(blank=True, max_length=200, verbose_name="должность")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="мобильный телефон"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="электронная почта")),
                ("order_number", models.CharField(blank=True, max_length=60, verbose_name="номер приказа")),
                ("order_on", models.DateField(blank=True, null=True, verbose_name="дата приказа")),
                ("since", models.DateField(default=django.utils.timezone.localdate, verbose_name="действует с")),
                ("until", models.DateField(blank=True, null=True, verbose_name="действует по")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("school", "со слов школы"),
                            ("letter", "из письма"),
                            ("portal", "видно в портале"),
                            ("registry", "по реестру"),
                            ("coordinator", "проверил координатор"),
                        ],
                        max_length=20,
                        verbose_name="основание",
                    ),
                ),
                (
                    "shared_phone_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="почему номер уже используется"),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="подтверждено")),
                ("confirmed_at", models.DateTimeField(editable=False, null=True, verbose_name="подтверждено в")),
                ("entered_on", models.DateField(editable=False, null=True, verbose_name="вход в Сферум подтверждён")),
                (
                    "agreed_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="согласие на передачу имени и номера в Сферум"
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="внесено"),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True, verbose_name="проверено координатором")),
                ("contest_reason", models.CharField(blank=True, max_length=500, verbose_name="почему оспорено")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="прекращено")),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "назначение администратора",
                "verbose_name_plural": "назначения администраторов",
                "ordering": ["organization", "-since", "-pk"],
                "indexes": [models.Index(fields=["user", "status"], name="appointment_of_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "responsible"), ("status", "acting")),
                        fields=("organization",),
                        name="one_acting_responsible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["acting", "contested", "ended"])),
                        name="appointment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["responsible", "deputy"])), name="appointment_role_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="appointment_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="municipality",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="municipalities",
                to="organizations.region",
                verbose_name="регион",
            ),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=60, verbose_name="что")),
                (
                    "actor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("portal", "портал"),
                            ("head", "руководитель по ссылке"),
                            ("applicant", "заявитель"),
                            ("class-teacher", "классный руководитель по листку"),
                            ("registry", "загрузка реестра"),
                        ],
                        max_length=20,
                        verbose_name="кто, если не пользователь",
                    ),
                ),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("fields", models.JSONField(default=list, verbose_name="изменённые поля")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="когда")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="organizations.organization",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "запись журнала",
                "verbose_name_plural": "журнал",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["organization", "-at"], name="event_timeline"),
                    models.Index(fields=["object_type", "object_id"], name="event_of_object"),
                    models.Index(
                        condition=models.Q(("verb", "head-link.sent")),
                        fields=["organization", "at"],
                        name="event_head_link",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coordinator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invited_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="приглашён"),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="лишён доступа")),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coordinates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        help_text="Пусто: весь регион.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coordinators",
                        to="organizations.municipality",
                        verbose_name="муниципалитет",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coordinators",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
            ],
            options={
                "verbose_name": "координатор",
                "verbose_name_plural": "координаторы",
                "ordering": [
                    "region",
                    models.OrderBy(models.F("municipality__name"), nulls_first=True),
                    "user__full_name",
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("municipality__isnull", False)),
                        fields=("user", "municipality"),
                        name="coordinator_once_per_municipality",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("municipality", None)),
                        fields=("user", "region"),
                        name="coordinator_once_per_region",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "academic_year",
                    models.PositiveSmallIntegerField(
                        help_text="Год, в котором он начался.", verbose_name="учебный год"
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="параллель")),
                ("section", models.CharField(blank=True, max_length=20, verbose_name="буква")),
                ("group_name", models.CharField(blank=True, max_length=120, verbose_name="название группы")),
                ("site", models.CharField(blank=True, max_length=120, verbose_name="корпус")),
                ("size", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="сколько человек")),
                ("teacher_name", models.CharField(blank=True, max_length=200, verbose_name="классный руководитель")),
                ("key", models.CharField(editable=False, max_length=300)),
                ("archived_at", models.DateTimeField(editable=False, null=True, verbose_name="в архиве")),
                ("batch", models.UUIDField(editable=False, null=True)),
                (
                    "grown_from",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="grew_into",
                        to="organizations.schoolclass",
                        verbose_name="класс прошлого года",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="classes",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "класс",
                "verbose_name_plural": "классы",
                "ordering": ["academic_year", "site", "grade", "section", "group_name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "academic_year", "key"),
                        name="class_once_a_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grade__isnull", False), ("group_name", "")),
                            models.Q(("grade", None), models.Q(("group_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="class_has_grade_or_group",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade", None), models.Q(("grade__gte", 1), ("grade__lte", 11)), _connector="OR"
                        ),
                        name="class_grade_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=100, verbose_name="слово")),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "слово из названий",
                "verbose_name_plural": "слова из названий",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("municipality__isnull", False)),
                        fields=("municipality", "word"),
                        name="search_word_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("municipality", None)),
                        fields=("region", "word"),
                        name="search_word_once_in_region",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="municipality",
            constraint=models.UniqueConstraint(fields=("region", "name"), name="municipality_once"),
        ),
    ]
