from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invitations", "0007_destroyed_lists")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="trusted_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="не проверять на утечку до"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("alarm", ""), ("paused_at__isnull", False), _connector="OR"),
                name="invitation_alarm_is_paused",
            ),
        ),
    ]
