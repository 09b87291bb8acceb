"""Where nobody was ever appointed: a stage of the ladder, and a reason to call."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0015_mergings"),
        ("correspondence", "0004_letters_of_a_recipient"),
        ("organizations", "0019_listed_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="call",
            name="call_reason_known",
        ),
        migrations.RemoveConstraint(
            model_name="reminder",
            name="reminder_stage_known",
        ),
        migrations.RemoveConstraint(
            model_name="rungsetting",
            name="rung_stage_known",
        ),
        migrations.AlterField(
            model_name="call",
            name="reason",
            field=models.CharField(
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
                    ("unstarted", "администратора так и не назначили"),
                    ("no-email", "написать некуда"),
                    ("lone", "заместителя нет"),
                ],
                max_length=20,
                verbose_name="почему звонили",
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="stage",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (10, "Администратор не назначен"),
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
        migrations.AlterField(
            model_name="rungsetting",
            name="stage",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (10, "Администратор не назначен"),
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
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
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
                            "unstarted",
                            "no-email",
                            "lone",
                        ],
                    ),
                    _connector="OR",
                ),
                name="call_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", [10, 0, 1, 3, 4, 5, 6])), name="reminder_stage_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="rungsetting",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", [10, 0, 1, 3, 4, 5, 6])), name="rung_stage_known"
            ),
        ),
    ]
