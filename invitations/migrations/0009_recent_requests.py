from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invitations", "0008_leak_radar")]

    operations = [
        migrations.AddIndex(
            model_name="joinrequest",
            index=models.Index(fields=["created_at"], name="join_request_recent"),
        ),
    ]
