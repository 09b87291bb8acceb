import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("correspondence", "0001_letters"),
        ("correspondence", "0002_letters_in"),
        ("correspondence", "0003_letters_of_queue"),
        ("correspondence", "0004_letters_of_a_recipient"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IncomingLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uidvalidity", models.BigIntegerField()),
                ("uid", models.BigIntegerField(verbose_name="номер в ящике (UID)")),
                ("identity", models.CharField(editable=False, max_length=64, unique=True)),
                ("size", models.PositiveIntegerField(verbose_name="размер, байт")),
                ("is_cut", models.BooleanField(default=False, verbose_name="сохранено только начало")),
                ("received_at", models.DateTimeField(verbose_name="пришло")),
                (
                    "stored_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="сохранено"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("stored", "получено"), ("read", "прочитано"), ("quarantined", "не читается")],
                        default="stored",
                        max_length=11,
                        verbose_name="состояние",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="попыток прочитать")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="почему не читается")),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=320, verbose_name="Message-ID")),
                ("in_reply_to", models.CharField(blank=True, max_length=320, verbose_name="ответ на")),
                ("references", models.JSONField(blank=True, default=list, verbose_name="переписка")),
                ("sender", models.EmailField(blank=True, max_length=254, verbose_name="от кого")),
                ("sender_name", models.CharField(blank=True, max_length=200, verbose_name="имя отправителя")),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="тема")),
                ("written_at", models.DateTimeField(blank=True, null=True, verbose_name="написано")),
                ("text", models.TextField(blank=True, verbose_name="текст")),
                ("quoted", models.TextField(blank=True, verbose_name="цитата")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("personal", "письмо"),
                            ("bounce", "отчёт о недоставке"),
                            ("delay", "доставка задерживается"),
                            ("automatic", "автоматический ответ"),
                            ("own", "письмо самого портала"),
                        ],
                        default="personal",
                        max_length=9,
                        verbose_name="вид",
                    ),
                ),
                ("bounced_address", models.CharField(blank=True, max_length=254, verbose_name="не доставлено на")),
                ("bounce_code", models.CharField(blank=True, max_length=20, verbose_name="код")),
                ("bounce_words", models.CharField(blank=True, max_length=300, verbose_name="почему не доставлено")),
            ],
            options={
                "verbose_name": "входящее письмо",
                "verbose_name_plural": "входящие письма",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="ящик")),
                ("uidvalidity", models.BigIntegerField(blank=True, null=True, verbose_name="UIDVALIDITY")),
                ("last_uid", models.BigIntegerField(default=0, verbose_name="прочитано по номер")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="проверен")),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="читается до")),
                ("failing_since", models.DateTimeField(blank=True, null=True, verbose_name="недоступен с")),
                ("error_words", models.CharField(blank=True, max_length=300, verbose_name="ошибка")),
                ("server_reply", models.TextField(blank=True, verbose_name="ответ сервера")),
            ],
            options={
                "verbose_name": "почтовый ящик",
                "verbose_name_plural": "почтовые ящики",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RawLetter",
            fields=[
                (
                    "incoming",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="raw",
                        serialize=False,
                        to="correspondence.incomingletter",
                    ),
                ),
                ("content", models.BinaryField(verbose_name="как пришло")),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("dedupe_key", models.CharField(max_length=400, unique=True, verbose_name="ключ")),
                ("message_id", models.CharField(max_length=320, unique=True, verbose_name="Message-ID")),
                ("recipient", models.EmailField(max_length=254, verbose_name="кому")),
                ("reply_to", models.EmailField(blank=True, max_length=254, verbose_name="ответить на")),
                ("subject", models.CharField(max_length=500, verbose_name="тема")),
                ("text", models.TextField(blank=True, verbose_name="текст")),
                ("headers", models.JSONField(blank=True, default=dict, verbose_name="заголовки")),
                ("links", models.JSONField(blank=True, default=dict, verbose_name="места ссылок")),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("access", "вход"),
                            ("case", "обращение"),
                            ("notice", "уведомление"),
                            ("applicant", "заявителю"),
                        ],
                        default="notice",
                        max_length=9,
                        verbose_name="вид",
                    ),
                ),
                ("queue", models.CharField(blank=True, max_length=100, verbose_name="очередь")),
                ("thread", models.CharField(blank=True, db_index=True, max_length=100, verbose_name="переписка")),
                ("is_trial", models.BooleanField(default=False, verbose_name="написано в учебном режиме")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "ждёт отправки"),
                            ("sending", "отправляется"),
                            ("sent", "доставлено серверу"),
                            ("failed", "не доставлено"),
                            ("aborted", "отменено"),
                            ("kept", "учебный режим: не отправлено"),
                        ],
                        default="queued",
                        max_length=7,
                        verbose_name="состояние",
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=0, verbose_name="попытка")),
                ("failures", models.PositiveSmallIntegerField(default=0, verbose_name="временных отказов")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="написано")),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="не раньше")),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="занято до")),
                (
                    "sent_at",
                    models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="доставлено серверу"),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="закончено")),
                ("acted_by", models.CharField(blank=True, max_length=200, verbose_name="отменил или повторил")),
                (
                    "error_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "ошибок нет"),
                            ("temporary", "временная ошибка"),
                            ("permanent", "сервер отказал"),
                            ("channel", "отправка приостановлена"),
                            ("broken", "письмо не собирается"),
                            ("bounced", "вернулось"),
                        ],
                        default="",
                        max_length=9,
                        verbose_name="вид ошибки",
                    ),
                ),
                ("error_words", models.CharField(blank=True, max_length=300, verbose_name="ошибка")),
                ("server_reply", models.TextField(blank=True, verbose_name="ответ сервера")),
                ("attempts", models.JSONField(blank=True, default=list, editable=False, verbose_name="попытки")),
            ],
            options={
                "verbose_name": "письмо",
                "verbose_name_plural": "письма",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("queued", "sending"))),
                        fields=["due_at"],
                        name="letter_open_due",
                    ),
                    models.Index(fields=["queue", "-created_at"], name="letter_of_queue"),
                    models.Index(fields=["status", "recipient"], name="letter_of_recipient"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "sending", "sent", "failed", "aborted", "kept"])),
                        name="letter_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lane__in", ["access", "case", "notice", "applicant"])),
                        name="letter_lane_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("error_kind__in", ["", "temporary", "permanent", "channel", "broken", "bounced"])
                        ),
                        name="letter_error_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sending"), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="letter_sending_is_leased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("status__in", ("queued", "sending"))),
                            models.Q(
                                ("finished_at__isnull", False), ("status__in", ("sent", "failed", "aborted", "kept"))
                            ),
                            _connector="OR",
                        ),
                        name="letter_final_is_finished",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="incomingletter",
            name="about",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="correspondence.letter",
                verbose_name="ответ на письмо портала",
            ),
        ),
        migrations.AddField(
            model_name="incomingletter",
            name="mailbox",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="correspondence.mailbox",
                verbose_name="ящик",
            ),
        ),
        migrations.CreateModel(
            name="MailChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paused_until", models.DateTimeField(blank=True, null=True, verbose_name="остановлена до")),
                ("paused_since", models.DateTimeField(blank=True, null=True, verbose_name="остановлена с")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="причина")),
                ("server_reply", models.TextField(blank=True, verbose_name="ответ сервера")),
            ],
            options={
                "verbose_name": "отправка писем",
                "verbose_name_plural": "отправка писем",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="mail_channel_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Unfetched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uidvalidity", models.BigIntegerField()),
                ("uid", models.BigIntegerField(verbose_name="номер в ящике (UID)")),
                ("tries", models.PositiveSmallIntegerField(default=1, verbose_name="попыток")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="ошибка")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="последняя попытка")),
                ("given_up_at", models.DateTimeField(blank=True, null=True, verbose_name="оставлено")),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unfetched",
                        to="correspondence.mailbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "не прочитанное из ящика",
                "verbose_name_plural": "не прочитанное из ящиков",
                "ordering": ["-last_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("mailbox", "uidvalidity", "uid"), name="unfetched_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingAttachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="имя файла")),
                ("content_type", models.CharField(max_length=100, verbose_name="тип")),
                ("size", models.PositiveIntegerField(verbose_name="размер, байт")),
                (
                    "incoming",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="correspondence.incomingletter",
                    ),
                ),
            ],
            options={
                "verbose_name": "вложение",
                "verbose_name_plural": "вложения",
                "ordering": ["incoming", "position"],
                "constraints": [models.UniqueConstraint(fields=("incoming", "position"), name="attachment_place_once")],
            },
        ),
        migrations.AddIndex(
            model_name="incomingletter",
            index=models.Index(condition=models.Q(("status", "stored")), fields=["id"], name="incoming_stored"),
        ),
        migrations.AddConstraint(
            model_name="incomingletter",
            constraint=models.UniqueConstraint(fields=("mailbox", "uidvalidity", "uid"), name="incoming_place_once"),
        ),
        migrations.AddConstraint(
            model_name="incomingletter",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["stored", "read", "quarantined"])), name="incoming_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingletter",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["personal", "bounce", "delay", "automatic", "own"])),
                name="incoming_kind_known",
            ),
        ),
    ]
