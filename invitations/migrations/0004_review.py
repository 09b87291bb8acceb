import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0003_link_terms"),
        ("organizations", "0004_classes_of_the_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicantBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(db_index=True, editable=False, max_length=64)),
                ("ends_on", models.DateField(verbose_name="действует по")),
                ("blocked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="закрыто")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="снято")),
            ],
            options={
                "verbose_name": "закрытые повторные заявки",
                "verbose_name_plural": "закрытые повторные заявки",
                "ordering": ["-blocked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ClassSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="выдан")),
                ("expires_at", models.DateTimeField(verbose_name="действует до")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="последний ответ")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="отозван")),
            ],
            options={
                "verbose_name": "листок классного руководителя",
                "verbose_name_plural": "листки классных руководителей",
                "ordering": ["-issued_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="joinrequest",
            name="join_request_purged_is_empty",
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="corrected_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="исправлена заявителем"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="is_reason_shown",
            field=models.BooleanField(default=True, verbose_name="причину видит заявитель"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="is_told_apart",
            field=models.BooleanField(default=False, verbose_name="однофамилец: другой человек"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="mark",
            field=models.CharField(
                blank=True,
                choices=[("mine", "мой"), ("not-mine", "не мой")],
                max_length=20,
                verbose_name="ответ классного руководителя",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="marked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="ответил классный руководитель"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="note",
            field=models.CharField(blank=True, max_length=300, verbose_name="заметка школы"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="offered",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="invitations.invitation",
                verbose_name="верная ссылка, если роль другая",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="postponed_until",
            field=models.DateField(null=True, verbose_name="вернуться к заявке"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="same_as",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="twins",
                to="invitations.joinrequest",
                verbose_name="тот же человек, что в заявке",
            ),
        ),
        migrations.AlterField(
            model_name="joinrequest",
            name="reason",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__in", ["", "mine", "not-mine"])), name="join_request_mark_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_at", None),
                    models.Q(("applicant_name", ""), ("email", ""), ("full_name", ""), ("note", ""), ("phone", "")),
                    _connector="OR",
                ),
                name="join_request_purged_is_empty",
            ),
        ),
        migrations.AddField(
            model_name="applicantblock",
            name="blocked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="applicantblock",
            name="lifted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="applicantblock",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="applicant_blocks",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="applicantblock",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="invitations.joinrequest"
            ),
        ),
        migrations.AddField(
            model_name="classslip",
            name="issued_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="classslip",
            name="school_class",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="slips",
                to="organizations.schoolclass",
                verbose_name="класс",
            ),
        ),
    ]
