from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0011_reconciliation"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="campaignrecipient",
            name="campaign_skip_known",
        ),
        migrations.AlterField(
            model_name="campaignrecipient",
            name="skipped",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "всё сделано"),
                    ("mail", "нет почты"),
                    ("address", "почта записана с ошибкой"),
                    ("closed", "организация закрыта"),
                    ("snoozed", "отложена в списке дел"),
                    ("foreign", "уже не в вашей территории"),
                ],
                max_length=10,
                verbose_name="почему без письма",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignrecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("skipped", ""),
                    ("skipped__in", ["done", "mail", "address", "closed", "snoozed", "foreign"]),
                    _connector="OR",
                ),
                name="campaign_skip_known",
            ),
        ),
    ]
