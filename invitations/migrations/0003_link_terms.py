import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0002_consent_withdrawn"),
        ("organizations", "0004_classes_of_the_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sferum_link", models.URLField(blank=True, max_length=500, verbose_name="ссылка")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="когда")),
            ],
            options={
                "verbose_name": "смена ссылки Сферума",
                "verbose_name_plural": "смены ссылки Сферума",
                "ordering": ["-changed_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="invitation",
            name="alarm",
            field=models.CharField(
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
        migrations.AddField(
            model_name="invitation",
            name="batch",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="late",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="пришли после замены"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="opened",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="открыли"),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="expires_on",
            field=models.DateField(help_text="Пусто: без срока.", null=True, verbose_name="действует по"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("alarm__in", ["", "over", "burst", "unknown"])), name="invitation_alarm_known"
            ),
        ),
        migrations.AddField(
            model_name="linkchange",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="linkchange",
            name="invitation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="link_changes", to="invitations.invitation"
            ),
        ),
    ]
