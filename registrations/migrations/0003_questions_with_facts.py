from django.db import migrations, models

TOPICS = [
    ("code", "Код не приходит"),
    ("not_there", "Вход выполнен, но организации нет"),
    ("number_unknown", "Неизвестно, на какой номер зарегистрирована организация"),
    ("number_changed", "У администратора сменился номер"),
    ("two_communities", "В Сферуме два сообщества организации"),
    ("other", "Другое"),
]


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_handover_in_full")]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="facts",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="что сообщено"),
        ),
        migrations.RemoveConstraint(model_name="helprequest", name="help_topic_known"),
        migrations.AlterField(
            model_name="helprequest",
            name="topic",
            field=models.CharField(choices=TOPICS, max_length=20, verbose_name="о чём"),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("topic__in", [topic for topic, _ in TOPICS])), name="help_topic_known"
            ),
        ),
    ]
