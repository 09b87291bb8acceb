import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0006_rollover"),
        ("organizations", "0004_classes_of_the_next_year"),
    ]

    operations = [
        migrations.AddField(
            model_name="destruction",
            name="kind",
            field=models.CharField(
                choices=[("requests", "данные заявок"), ("lists", "имена из списков")],
                default="requests",
                max_length=20,
                verbose_name="что уничтожено",
            ),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="refused",
            field=models.JSONField(default=list, verbose_name="не принятые строки"),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="unread",
            field=models.JSONField(default=list, verbose_name="столбцы и листы, которые не читались"),
        ),
        migrations.AddField(
            model_name="listdraft",
            name="saved_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="сохранён"),
        ),
        migrations.AlterField(
            model_name="destruction",
            name="count",
            field=models.PositiveIntegerField(verbose_name="сколько"),
        ),
        migrations.AlterField(
            model_name="destruction",
            name="filed_from",
            field=models.DateField(verbose_name="поданы или внесены с"),
        ),
        migrations.AlterField(
            model_name="destruction",
            name="filed_until",
            field=models.DateField(verbose_name="поданы или внесены по"),
        ),
        migrations.AlterField(
            model_name="destruction",
            name="ground",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="listdraft",
            name="lines",
            field=models.JSONField(default=list, verbose_name="списки"),
        ),
        migrations.AlterField(
            model_name="listdraft",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="list_drafts", to="organizations.organization"
            ),
        ),
    ]
