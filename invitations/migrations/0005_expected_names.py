import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0004_review"),
        ("organizations", "0004_classes_of_the_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "ожидаемый участник",
                "verbose_name_plural": "ожидаемые участники",
                "ordering": ["full_name", "pk"],
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
                ("lines", models.JSONField(default=list, verbose_name="строки")),
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
            ],
            options={
                "verbose_name": "занятая строка списка",
                "verbose_name_plural": "занятые строки списков",
            },
        ),
        migrations.AlterField(
            model_name="destruction",
            name="ground",
            field=models.CharField(
                choices=[
                    ("term", "истёк срок хранения"),
                    ("withdrawn", "отозвано согласие"),
                    ("wave", "закончилась волна приглашений"),
                ],
                max_length=20,
                verbose_name="основание",
            ),
        ),
        migrations.AddField(
            model_name="expectedmember",
            name="added_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="expectedmember",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="expected",
                to="organizations.organization",
                verbose_name="организация",
            ),
        ),
        migrations.AddField(
            model_name="expectedmember",
            name="school_class",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="expected",
                to="organizations.schoolclass",
                verbose_name="класс",
            ),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
            ),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="school_class",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.schoolclass"
            ),
        ),
        migrations.AddField(
            model_name="listground",
            name="organization",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="list_ground", to="organizations.organization"
            ),
        ),
        migrations.AddField(
            model_name="listground",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="listmatch",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="match", to="invitations.expectedmember"
            ),
        ),
        migrations.AddField(
            model_name="listmatch",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="match", to="invitations.joinrequest"
            ),
        ),
        migrations.AddIndex(
            model_name="expectedmember",
            index=models.Index(fields=["organization", "role", "school_class"], name="expected_of_list"),
        ),
        migrations.AddConstraint(
            model_name="expectedmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["teacher", "pupil", "parent"])), name="expected_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("school_class__isnull", False), ("role", "teacher"), _connector="OR"),
                name="expected_without_class_is_staff",
            ),
        ),
    ]
