import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messenger", "0003_conditions"),
        ("organizations", "0004_classes_of_the_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassWithoutChats",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="отмечено")),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school_class",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="without_chats",
                        to="organizations.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "отметка «В классе переносить нечего»",
                "verbose_name_plural": "отметки «В классе переносить нечего»",
            },
        ),
    ]
