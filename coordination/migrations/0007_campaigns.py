import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0006_saved_views"),
        ("correspondence", "0003_letters_of_queue"),
        ("organizations", "0014_search_vocabulary"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="название")),
                ("subject", models.CharField(max_length=200, verbose_name="тема")),
                ("text", models.TextField(verbose_name="текст")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="кому")),
                ("includes_done", models.BooleanField(default=False, verbose_name="и тем, у кого всё сделано")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "черновик"),
                            ("scheduled", "назначена"),
                            ("sending", "отправляется"),
                            ("sent", "письма написаны"),
                            ("cancelled", "отменена"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="состояние",
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="написана"),
                ),
                ("starts_at", models.DateTimeField(editable=False, null=True, verbose_name="начало")),
                ("lease_until", models.DateTimeField(editable=False, null=True, verbose_name="в работе до")),
                ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="закончена")),
                (
                    "author",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "рассылка",
                "verbose_name_plural": "рассылки",
                "ordering": ["-written_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CampaignRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "skipped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "всё сделано"),
                            ("mail", "нет почты"),
                            ("address", "почта записана с ошибкой"),
                            ("closed", "организация закрыта"),
                        ],
                        max_length=10,
                        verbose_name="почему без письма",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="решено")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="coordination.campaign",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="correspondence.letter",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "получатель рассылки",
                "verbose_name_plural": "получатели рассылки",
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=models.Q(("status__in", ("scheduled", "sending"))), fields=["starts_at"], name="campaign_work"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "scheduled", "sending", "sent", "cancelled"])),
                name="campaign_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("scheduled", "sending")), _negated=True),
                    ("starts_at__isnull", False),
                    _connector="OR",
                ),
                name="campaign_in_work_has_a_start",
            ),
        ),
        migrations.AddIndex(
            model_name="campaignrecipient",
            index=models.Index(
                condition=models.Q(("decided_at", None)), fields=["campaign"], name="campaign_undecided"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignrecipient",
            constraint=models.UniqueConstraint(fields=("campaign", "organization"), name="campaign_recipient_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignrecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("skipped", ""), ("skipped__in", ["done", "mail", "address", "closed"]), _connector="OR"
                ),
                name="campaign_skip_known",
            ),
        ),
    ]
