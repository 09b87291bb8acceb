import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0003_confirmed_and_entered"),
    ]

    operations = [
        migrations.AddField(
            model_name="schoolclass",
            name="batch",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="schoolclass",
            name="grown_from",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="grew_into",
                to="organizations.schoolclass",
                verbose_name="класс прошлого года",
            ),
        ),
        migrations.AddField(
            model_name="schoolclass",
            name="teacher_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="классный руководитель"),
        ),
    ]
