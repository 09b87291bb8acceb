from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0007_import_layouts")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("verb", "head-link.sent")), fields=["organization", "at"], name="event_head_link"
            ),
        ),
    ]
