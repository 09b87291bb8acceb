from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0015_reminder_limit_and_municipal_heads"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="closed_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="почему закрыта"),
        ),
    ]
