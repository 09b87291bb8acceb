import uuid

import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("invitations", "0001_invitations"),
        ("invitations", "0002_consent_withdrawn"),
        ("invitations", "0003_link_terms"),
        ("invitations", "0004_review"),
        ("invitations", "0005_expected_names"),
        ("invitations", "0006_rollover"),
        ("invitations", "0007_destroyed_lists"),
        ("invitations", "0008_leak_radar"),
        ("invitations", "0009_recent_requests"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("organizations", "0017_figures_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="выдан")),
                ("expires_at", models.DateTimeField(verbose_name="действует до")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="последний ответ")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="отозван")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slips",
                        to="organizations.schoolclass",
                        verbose_name="класс",
                    ),
                ),
            ],
            options={
                "verbose_name": "листок классного руководителя",
                "verbose_name_plural": "листки классных руководителей",
                "ordering": ["-issued_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("term", "истёк срок хранения"),
                            ("withdrawn", "отозвано согласие"),
                            ("wave", "закончилась волна приглашений"),
                            ("school", "школа выключила списки"),
                            ("archived", "класс в архиве"),
                        ],
                        max_length=20,
                        verbose_name="основание",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("requests", "данные заявок"), ("lists", "имена из списков")],
                        default="requests",
                        max_length=20,
                        verbose_name="что уничтожено",
                    ),
                ),
                ("count", models.PositiveIntegerField(verbose_name="сколько")),
                ("filed_from", models.DateField(verbose_name="поданы или внесены с")),
                ("filed_until", models.DateField(verbose_name="поданы или внесены по")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="уничтожено")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destructions",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "уничтожение персональных данных",
                "verbose_name_plural": "уничтожение персональных данных",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ExpectedMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("teacher", "учитель"), ("pupil", "ученик"), ("parent", "родитель")],
                        max_length=20,
                        verbose_name="роль",
                    ),
                ),
                ("full_name", models.CharField(max_length=200, verbose_name="имя")),
                (
                    "added_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="внесён"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expected",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expected",
                        to="organizations.schoolclass",
                        verbose_name="класс",
                    ),
                ),
            ],
            options={
                "verbose_name": "ожидаемый участник",
                "verbose_name_plural": "ожидаемые участники",
                "ordering": ["full_name", "pk"],
                "indexes": [models.Index(fields=["organization", "role", "school_class"], name="expected_of_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["teacher", "pupil", "parent"])), name="expected_role_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("school_class__isnull", False), ("role", "teacher"), _connector="OR"),
                        name="expected_without_class_is_staff",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("teacher", "учитель"), ("pupil", "ученик"), ("parent", "родитель")],
                        max_length=20,
                        verbose_name="роль",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("review", "с проверкой заявок школой"),
                            ("direct", "сразу показывает ссылку Сферума"),
                        ],
                        default="review",
                        max_length=20,
                        verbose_name="режим",
                    ),
                ),
                ("code", models.CharField(editable=False, max_length=12, unique=True, verbose_name="код")),
                ("expires_on", models.DateField(help_text="Пусто: без срока.", null=True, verbose_name="действует по")),
                ("limit", models.PositiveIntegerField(verbose_name="мест")),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="подано заявок")),
                ("opened", models.PositiveIntegerField(default=0, editable=False, verbose_name="открыли")),
                ("late", models.PositiveIntegerField(default=0, editable=False, verbose_name="пришли после замены")),
                ("sferum_link", models.URLField(blank=True, max_length=500, verbose_name="ссылка Сферума")),
                (
                    "sferum_link_renewed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="обновлена в Сферуме"),
                ),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="выпущена"),
                ),
                ("paused_at", models.DateTimeField(editable=False, null=True, verbose_name="приостановлена")),
                ("pause_reason", models.CharField(blank=True, max_length=300, verbose_name="почему приостановлена")),
                (
                    "alarm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "заявок больше, чем людей в классе"),
                            ("burst", "слишком много заявок подряд"),
                            ("unknown", "слишком много имён, которых нет в списке"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="почему приостановил портал",
                    ),
                ),
                (
                    "trusted_until",
                    models.DateTimeField(editable=False, null=True, verbose_name="не проверять на утечку до"),
                ),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="отозвана")),
                ("batch", models.UUIDField(editable=False, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaced_by",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="invitations.invitation",
                        verbose_name="заменена ссылкой",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="organizations.schoolclass",
                        verbose_name="класс",
                    ),
                ),
            ],
            options={
                "verbose_name": "ссылка-приглашение",
                "verbose_name_plural": "ссылки-приглашения",
                "ordering": ["school_class", "role", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("school_class", "role"),
                        name="one_live_link_per_class_and_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used__lte", models.F("limit"))), name="invitation_within_limit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["teacher", "pupil", "parent"])), name="invitation_role_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["review", "direct"])), name="invitation_mode_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replaced_by", None), ("revoked_at__isnull", False), _connector="OR"),
                        name="invitation_replaced_is_revoked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("alarm__in", ["", "over", "burst", "unknown"])),
                        name="invitation_alarm_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("alarm", ""), ("paused_at__isnull", False), _connector="OR"),
                        name="invitation_alarm_is_paused",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("teacher", "учитель"), ("pupil", "ученик"), ("parent", "родитель")],
                        max_length=20,
                        verbose_name="роль",
                    ),
                ),
                ("full_name", models.CharField(blank=True, max_length=200, verbose_name="кто вступает")),
                ("applicant_name", models.CharField(blank=True, max_length=200, verbose_name="кто подал за ребёнка")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="телефон"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="электронная почта")),
                ("form_key", models.UUIDField(editable=False, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="подана"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "ждёт решения"),
                            ("accepted", "проверена"),
                            ("rejected", "отклонена"),
                            ("withdrawn", "отозвана заявителем"),
                            ("expired", "срок истёк"),
                        ],
                        default="pending",
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="решено")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "такого человека нет в списке класса"),
                            ("other-class", "это другой класс: попросите его ссылку"),
                            ("twice", "такая заявка уже есть"),
                            ("name", "имя указано не полностью или с ошибкой: исправьте его на странице заявки"),
                            ("wrong-role", "это ссылка для другой роли"),
                            ("other", "другая причина"),
                        ],
                        max_length=20,
                        verbose_name="причина отказа",
                    ),
                ),
                ("reason_text", models.CharField(blank=True, max_length=300, verbose_name="пояснение")),
                ("is_reason_shown", models.BooleanField(default=True, verbose_name="причину видит заявитель")),
                ("batch", models.UUIDField(editable=False, null=True)),
                ("joined_at", models.DateTimeField(null=True, verbose_name="принят в Сферуме")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="заметка школы")),
                ("postponed_until", models.DateField(null=True, verbose_name="вернуться к заявке")),
                ("corrected_at", models.DateTimeField(editable=False, null=True, verbose_name="исправлена заявителем")),
                (
                    "mark",
                    models.CharField(
                        blank=True,
                        choices=[("mine", "мой"), ("not-mine", "не мой")],
                        max_length=20,
                        verbose_name="ответ классного руководителя",
                    ),
                ),
                (
                    "marked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="ответил классный руководитель"),
                ),
                ("is_told_apart", models.BooleanField(default=False, verbose_name="однофамилец: другой человек")),
                ("consent_version", models.CharField(max_length=20, verbose_name="редакция согласия")),
                ("consent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="согласие дано")),
                (
                    "consent_withdrawn_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="согласие отозвано"),
                ),
                ("purge_after", models.DateField(editable=False, verbose_name="хранить данные по")),
                ("purged_at", models.DateTimeField(editable=False, null=True, verbose_name="данные уничтожены")),
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
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="invitations.invitation",
                        verbose_name="ссылка",
                    ),
                ),
                (
                    "joined_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offered",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="invitations.invitation",
                        verbose_name="верная ссылка, если роль другая",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="join_requests",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="twins",
                        to="invitations.joinrequest",
                        verbose_name="тот же человек, что в заявке",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="organizations.schoolclass",
                        verbose_name="класс",
                    ),
                ),
            ],
            options={
                "verbose_name": "заявка в класс",
                "verbose_name_plural": "заявки в классы",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organization", "status", "created_at"], name="join_request_review"),
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["created_at"], name="join_request_waiting"
                    ),
                    models.Index(fields=["created_at"], name="join_request_recent"),
                    models.Index(
                        condition=models.Q(("purged_at", None)), fields=["purge_after"], name="join_request_purge"
                    ),
                    models.Index(fields=["batch"], name="join_request_batch"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "accepted", "rejected", "withdrawn", "expired"])),
                        name="join_request_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["teacher", "pupil", "parent"])), name="join_request_role_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mark__in", ["", "mine", "not-mine"])), name="join_request_mark_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("joined_at", None), ("status", "accepted"), _connector="OR"),
                        name="join_request_joined_after_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purged_at", None),
                            models.Q(
                                ("applicant_name", ""), ("email", ""), ("full_name", ""), ("note", ""), ("phone", "")
                            ),
                            _connector="OR",
                        ),
                        name="join_request_purged_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicantBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(db_index=True, editable=False, max_length=64)),
                ("ends_on", models.DateField(verbose_name="действует по")),
                ("blocked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="закрыто")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="снято")),
                (
                    "blocked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lifted_by",
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
                        related_name="applicant_blocks",
                        to="organizations.organization",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="invitations.joinrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "закрытые повторные заявки",
                "verbose_name_plural": "закрытые повторные заявки",
                "ordering": ["-blocked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LinkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sferum_link", models.URLField(blank=True, max_length=500, verbose_name="ссылка")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="когда")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_changes",
                        to="invitations.invitation",
                    ),
                ),
            ],
            options={
                "verbose_name": "смена ссылки Сферума",
                "verbose_name_plural": "смены ссылки Сферума",
                "ordering": ["-changed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ListDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="загружен")),
                (
                    "role",
                    models.CharField(
                        choices=[("teacher", "учитель"), ("pupil", "ученик"), ("parent", "родитель")],
                        max_length=20,
                        verbose_name="роль",
                    ),
                ),
                ("lines", models.JSONField(default=list, verbose_name="списки")),
                ("refused", models.JSONField(default=list, verbose_name="не принятые строки")),
                ("unread", models.JSONField(default=list, verbose_name="столбцы и листы, которые не читались")),
                ("saved_at", models.DateTimeField(editable=False, null=True, verbose_name="сохранён")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_drafts",
                        to="organizations.organization",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "загруженный список",
                "verbose_name_plural": "загруженные списки",
            },
        ),
        migrations.CreateModel(
            name="ListGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.CharField(
                        help_text="Например: поручение об обработке данных.", max_length=200, verbose_name="документ"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="номер")),
                ("dated_on", models.DateField(verbose_name="дата документа")),
                ("wave_ends_on", models.DateField(verbose_name="волна приглашений до")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="записано")),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_ground",
                        to="organizations.organization",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "основание для списков",
                "verbose_name_plural": "основания для списков",
            },
        ),
        migrations.CreateModel(
            name="ListMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="match",
                        to="invitations.expectedmember",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="match", to="invitations.joinrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "занятая строка списка",
                "verbose_name_plural": "занятые строки списков",
            },
        ),
        migrations.CreateModel(
            name="Rollover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_year", models.PositiveSmallIntegerField(verbose_name="из учебного года")),
                ("batch", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="сделано")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="отменено")),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rollovers",
                        to="organizations.organization",
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
            ],
            options={
                "verbose_name": "перевод на новый учебный год",
                "verbose_name_plural": "переводы на новый учебный год",
                "ordering": ["-done_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("organization", "from_year"),
                        name="one_rollover_of_a_year",
                    )
                ],
            },
        ),
    ]
