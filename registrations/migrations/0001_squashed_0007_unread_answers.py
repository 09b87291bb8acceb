import uuid

import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("registrations", "0001_cases"),
        ("registrations", "0002_handover_in_full"),
        ("registrations", "0003_questions_with_facts"),
        ("registrations", "0004_day_of_the_letter"),
        ("registrations", "0005_letters_in"),
        ("registrations", "0006_filed_in_batches"),
        ("registrations", "0007_unread_answers"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("correspondence", "0004_letters_of_a_recipient"),
        ("organizations", "0017_figures_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("prefix", "year"), name="case_counter_once")],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="когда")),
                ("skipped", models.JSONField(default=list, editable=False, verbose_name="кто пропущен")),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "отправка писем о регистрации",
                "verbose_name_plural": "отправки писем о регистрации",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HandoverRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(editable=False, max_length=30, unique=True, verbose_name="номер")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="открыто"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="состояние с"),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="закрыто")),
                ("waiting_since", models.DateField(editable=False, null=True, verbose_name="ждём ответа с")),
                ("last_letter_at", models.DateTimeField(editable=False, null=True, verbose_name="последнее письмо")),
                ("answered_on", models.DateField(editable=False, null=True, verbose_name="ответ получен")),
                (
                    "answer_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "письмом"),
                            ("call", "по телефону"),
                            ("messenger", "в мессенджере"),
                            ("sferum", "видно в самом Сферуме"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="как получен ответ",
                    ),
                ),
                ("answer_text", models.TextField(blank=True, editable=False, verbose_name="что ответили")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("nominated", "ждёт согласия нового администратора"),
                            ("accepted", "действует в портале, менеджеру ещё не написали"),
                            ("submitted", "ждёт ответа менеджера"),
                            ("done", "завершена"),
                            ("declined", "менеджер отказал"),
                            ("withdrawn", "отозвана"),
                            ("expired", "новый администратор не ответил в срок"),
                        ],
                        default="nominated",
                        editable=False,
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "nominated_by",
                    models.CharField(
                        choices=[
                            ("head", "руководитель"),
                            ("coordinator", "координатор"),
                            ("administrator", "прежний администратор"),
                            ("deputy", "заместитель администратора"),
                        ],
                        max_length=20,
                        verbose_name="кто предложил",
                    ),
                ),
                ("nominee_name", models.CharField(max_length=200, verbose_name="новый администратор")),
                (
                    "nominee_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        max_length=128, region=None, verbose_name="мобильный телефон нового администратора"
                    ),
                ),
                (
                    "nominee_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="почта нового администратора"),
                ),
                ("position", models.CharField(blank=True, max_length=200, verbose_name="должность")),
                (
                    "shared_phone_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="почему номер уже используется"),
                ),
                ("order_number", models.CharField(blank=True, max_length=60, verbose_name="номер приказа")),
                ("order_on", models.DateField(blank=True, null=True, verbose_name="дата приказа")),
                (
                    "predecessor_name",
                    models.CharField(blank=True, max_length=200, verbose_name="прежний администратор"),
                ),
                (
                    "predecessor_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="телефон прежнего администратора"
                    ),
                ),
                (
                    "predecessor_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed_role", "передаёт обязанности"),
                            ("absent", "отсутствует"),
                            ("dismissed", "уволен(а)"),
                            ("unknown", "имя и номер неизвестны"),
                        ],
                        max_length=20,
                        verbose_name="что с прежним администратором",
                    ),
                ),
                ("expires_on", models.DateField(verbose_name="согласиться до")),
                ("token_version", models.PositiveIntegerField(default=1, editable=False)),
                ("accepted_at", models.DateTimeField(editable=False, null=True, verbose_name="согласие получено")),
                (
                    "accepted_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("link", "по ссылке из письма или по коду с листа"),
                            ("call", "по телефону, записал координатор"),
                        ],
                        max_length=20,
                        verbose_name="как получено согласие",
                    ),
                ),
                ("portal_since", models.DateField(editable=False, null=True, verbose_name="действует в портале с")),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="записал",
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.appointment",
                    ),
                ),
                (
                    "former",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.appointment",
                        verbose_name="прежнее назначение",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
            ],
            options={
                "verbose_name": "смена администратора",
                "verbose_name_plural": "смены администраторов",
                "ordering": ["-opened_at", "-pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "status"], name="handoverrequest_open")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("nominated", "accepted", "submitted"))),
                        fields=("organization",),
                        name="one_open_handover",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["nominated", "accepted", "submitted", "done", "declined", "withdrawn", "expired"],
                            )
                        ),
                        name="handover_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(editable=False, max_length=30, unique=True, verbose_name="номер")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="открыто"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="состояние с"),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="закрыто")),
                ("waiting_since", models.DateField(editable=False, null=True, verbose_name="ждём ответа с")),
                ("last_letter_at", models.DateTimeField(editable=False, null=True, verbose_name="последнее письмо")),
                ("answered_on", models.DateField(editable=False, null=True, verbose_name="ответ получен")),
                (
                    "answer_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "письмом"),
                            ("call", "по телефону"),
                            ("messenger", "в мессенджере"),
                            ("sferum", "видно в самом Сферуме"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="как получен ответ",
                    ),
                ),
                ("answer_text", models.TextField(blank=True, editable=False, verbose_name="что ответили")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "письмо готово, не отправлено"),
                            ("submitted", "ждёт ответа"),
                            ("answered", "ответ получен"),
                            ("withdrawn", "отозван"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "addressee",
                    models.CharField(
                        choices=[("support", "Поддержка Сферума"), ("manager", "менеджер по интеграции")],
                        max_length=20,
                        verbose_name="кому",
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("code", "Код не приходит"),
                            ("not_there", "Вход выполнен, но организации нет"),
                            ("number_unknown", "Неизвестно, на какой номер зарегистрирована организация"),
                            ("number_changed", "У администратора сменился номер"),
                            ("two_communities", "В Сферуме два сообщества организации"),
                            ("other", "Другое"),
                        ],
                        max_length=20,
                        verbose_name="о чём",
                    ),
                ),
                ("question", models.TextField(verbose_name="текст письма")),
                ("facts", models.JSONField(blank=True, default=dict, editable=False, verbose_name="что сообщено")),
                ("form_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="записал",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
            ],
            options={
                "verbose_name": "вопрос в Сферум",
                "verbose_name_plural": "вопросы в Сферум",
                "ordering": ["-opened_at", "-pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "status"], name="helprequest_open")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "form_key"), name="one_question_a_form"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "submitted", "answered", "withdrawn"])),
                        name="help_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                ["code", "not_there", "number_unknown", "number_changed", "two_communities", "other"],
                            )
                        ),
                        name="help_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("addressee__in", ["support", "manager"])), name="help_addressee_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "ждёт разбора"),
                            ("attached", "отнесено к обращению"),
                            ("aside", "не по обращениям"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("thread", "по переписке"),
                            ("number", "по номеру в теме"),
                            ("hand", "вручную"),
                            ("kind", "не от человека"),
                        ],
                        max_length=10,
                        verbose_name="как разобрано",
                    ),
                ),
                ("sorted_at", models.DateTimeField(editable=False, null=True, verbose_name="разобрано")),
                (
                    "incoming",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="correspondence.incomingletter",
                        verbose_name="письмо",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                        verbose_name="регион",
                    ),
                ),
                (
                    "sorted_by",
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
                "verbose_name": "разбор входящего письма",
                "verbose_name_plural": "разбор входящих писем",
                "ordering": ["-incoming__received_at", "-pk"],
                "indexes": [models.Index(fields=["region", "status"], name="inbox_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["waiting", "attached", "aside"])), name="inbox_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sorted_at", None), ("status", "waiting")),
                            models.Q(models.Q(("status", "waiting"), _negated=True), ("sorted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="inbox_sorted_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="спросили"),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("letter", "письмом на официальную почту"),
                            ("sheet", "печатным листом"),
                            ("call", "по телефону"),
                        ],
                        max_length=20,
                        verbose_name="как спросили",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("batch", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("letters_sent", models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="писем")),
                (
                    "last_sent_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="последний раз"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="отозван")),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="ответ получен")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same_works", "тот же человек, вход работает"),
                            ("same_cannot", "тот же человек, но войти не может"),
                            ("changed", "человек сменился или неизвестен"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="ответ",
                    ),
                ),
                ("by_name", models.CharField(blank=True, editable=False, max_length=200, verbose_name="кто ответил")),
                (
                    "answer_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "письмом"),
                            ("call", "по телефону"),
                            ("messenger", "в мессенджере"),
                            ("sferum", "видно в самом Сферуме"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="как ответил",
                    ),
                ),
                ("disputed_at", models.DateTimeField(editable=False, null=True, verbose_name="«это ошибка»")),
                ("dispute", models.TextField(blank=True, editable=False, verbose_name="что не так")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто спросил",
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
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="записал",
                    ),
                ),
            ],
            options={
                "verbose_name": "вопрос «Кто отвечает за Сферум?»",
                "verbose_name_plural": "вопросы «Кто отвечает за Сферум?»",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                        fields=("organization",),
                        name="one_open_inquiry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["letter", "sheet", "call"])), name="inquiry_channel_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                ("answer__in", ["same_works", "same_cannot", "changed"]), ("answered_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="inquiry_answered_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(editable=False, max_length=30, unique=True, verbose_name="номер")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="открыто"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="состояние с"),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="закрыто")),
                ("waiting_since", models.DateField(editable=False, null=True, verbose_name="ждём ответа с")),
                ("last_letter_at", models.DateTimeField(editable=False, null=True, verbose_name="последнее письмо")),
                ("answered_on", models.DateField(editable=False, null=True, verbose_name="ответ получен")),
                (
                    "answer_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "письмом"),
                            ("call", "по телефону"),
                            ("messenger", "в мессенджере"),
                            ("sferum", "видно в самом Сферуме"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="как получен ответ",
                    ),
                ),
                ("answer_text", models.TextField(blank=True, editable=False, verbose_name="что ответили")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "письмо готово, не отправлено"),
                            ("submitted", "ждёт ответа Поддержки"),
                            ("needs_correction", "Поддержка просит исправить"),
                            ("registered", "зарегистрирована"),
                            ("declined", "отказано"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="отправка, в которой ушло последнее письмо",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="записал",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="организация",
                    ),
                ),
            ],
            options={
                "verbose_name": "письмо в Сферум о регистрации",
                "verbose_name_plural": "письма в Сферум о регистрации",
                "ordering": ["-opened_at", "-pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "status"], name="registrationrequest_open")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("draft", "submitted", "needs_correction"))),
                        fields=("organization",),
                        name="one_open_registration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "submitted", "needs_correction", "registered", "declined"])
                        ),
                        name="registration_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "исходящее"), ("in", "входящее")],
                        default="out",
                        max_length=3,
                        verbose_name="направление",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("first", "первое письмо"),
                            ("correction", "исправленное письмо"),
                            ("repeat", "повторное письмо"),
                            ("reply", "ответ в переписке"),
                            ("nomination", "приглашение новому администратору"),
                            ("answer", "ответ Сферума"),
                            ("automatic", "автоматический ответ"),
                        ],
                        max_length=20,
                        verbose_name="вид",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("registered", "организация зарегистрирована"),
                            ("needs_correction", "нужно исправить данные"),
                            ("done", "права переданы"),
                            ("answered", "ответ получен"),
                            ("declined", "отказано"),
                            ("other", "прочитано, ждём дальше"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="что в нём",
                    ),
                ),
                ("judged_at", models.DateTimeField(editable=False, null=True, verbose_name="прочитано")),
                (
                    "hand_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "со своей почты"),
                            ("messenger", "в мессенджере"),
                            ("call", "рассказали по телефону"),
                        ],
                        max_length=20,
                        verbose_name="как отправлено",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="тема")),
                ("text", models.TextField(blank=True, verbose_name="текст")),
                ("facts", models.JSONField(blank=True, default=dict, editable=False, verbose_name="что сообщено")),
                ("on", models.DateField(verbose_name="когда")),
                (
                    "noted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="записано"),
                ),
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
                    "incoming",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="correspondence.incomingletter",
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="correspondence.letter",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="registrations.filing",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="registrations.handoverrequest",
                    ),
                ),
                (
                    "help",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="registrations.helprequest",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="registrations.registrationrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "письмо по обращению",
                "verbose_name_plural": "письма по обращениям",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("direction", "in"), ("outcome", ""), ("purpose", "answer")),
                        fields=["organization"],
                        name="case_letter_unread",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handover", None), ("help", None), ("registration__isnull", False)),
                            models.Q(("handover__isnull", False), ("help", None), ("registration", None)),
                            models.Q(("handover", None), ("help__isnull", False), ("registration", None)),
                            _connector="OR",
                        ),
                        name="case_letter_has_one_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ["first", "correction", "repeat", "reply", "nomination", "answer", "automatic"],
                            )
                        ),
                        name="case_letter_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["out", "in"])), name="case_letter_direction_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "in"), ("incoming__isnull", False), ("letter", None)),
                            models.Q(("direction", "out"), ("incoming", None)),
                            _connector="OR",
                        ),
                        name="case_letter_in_is_incoming",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""),
                            (
                                "outcome__in",
                                ["registered", "needs_correction", "done", "answered", "declined", "other"],
                            ),
                            _connector="OR",
                        ),
                        name="case_letter_outcome_known",
                    ),
                ],
            },
        ),
    ]
