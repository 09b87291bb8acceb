from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messenger", "0001_chats")]

    operations = [
        migrations.AlterField(
            model_name="chat",
            name="status",
            field=models.CharField(
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
        migrations.RemoveConstraint(
            model_name="chat",
            name="chat_says_what_was_decided",
        ),
        migrations.AddConstraint(
            model_name="chat",
            constraint=models.CheckConstraint(
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
                        ("reason__in", ["one_administrator", "no_owner", "role", "not_needed", "refused", "other"]),
                        ("status", "not_moved"),
                    ),
                    _connector="OR",
                ),
                name="chat_says_what_was_decided",
            ),
        ),
    ]
