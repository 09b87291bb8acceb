import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0003_confirmed_and_entered"),
        ("registrations", "0001_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoverrequest",
            name="former",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.appointment",
                verbose_name="прежнее назначение",
            ),
        ),
        migrations.AddField(
            model_name="handoverrequest",
            name="predecessor_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed_role", "передаёт обязанности"),
                    ("absent", "отсутствует"),
                    ("dismissed", "уволен(а)"),
                    ("unknown", "имя и номер неизвестны"),
                ],
                max_length=20,
                verbose_name="что с прежним администратором",
            ),
        ),
        migrations.AlterField(
            model_name="handoverrequest",
            name="nominated_by",
            field=models.CharField(
                choices=[
                    ("head", "руководитель"),
                    ("coordinator", "координатор"),
                    ("administrator", "прежний администратор"),
                    ("deputy", "заместитель администратора"),
                ],
                max_length=20,
                verbose_name="кто предложил",
            ),
        ),
    ]
