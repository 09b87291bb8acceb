from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0006_filed_in_batches")]

    operations = [
        migrations.AddIndex(
            model_name="caseletter",
            index=models.Index(
                condition=models.Q(("direction", "in"), ("outcome", ""), ("purpose", "answer")),
                fields=["organization"],
                name="case_letter_unread",
            ),
        ),
    ]
