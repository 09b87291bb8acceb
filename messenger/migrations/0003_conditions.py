from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messenger", "0002_created_by_platform")]

    operations = [
        migrations.AddField(
            model_name="chat",
            name="has_two_administrators",
            field=models.BooleanField(null=True, verbose_name="в чате два администратора"),
        ),
        migrations.AddField(
            model_name="chat",
            name="is_mover_administrator",
            field=models.BooleanField(null=True, verbose_name="переносит создатель или администратор чата"),
        ),
        migrations.AddField(
            model_name="chat",
            name="is_role_confirmed",
            field=models.BooleanField(null=True, verbose_name="роль переносящего подтверждена"),
        ),
        migrations.AddField(
            model_name="chat",
            name="origin",
            field=models.CharField(blank=True, max_length=60, verbose_name="где чат сейчас"),
        ),
    ]
