from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def note_entries(apps, schema_editor):
    """Who was the administrator when the organization confirmed its sign-in had signed in on that day."""
    Appointment = apps.get_model("organizations", "Appointment")
    Milestone = apps.get_model("organizations", "Milestone")
    day = Milestone.objects.filter(organization=OuterRef("organization"), step=4).values("reached_on")[:1]
    acting = Appointment.objects.filter(role="responsible", status="acting").exclude(source="registry")
    acting.annotate(day=Subquery(day)).filter(day__gte=models.F("since")).update(entered_on=Subquery(day))


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_import_files")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="confirmed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="подтверждено в"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="entered_on",
            field=models.DateField(editable=False, null=True, verbose_name="вход в Сферум подтверждён"),
        ),
        migrations.RunPython(note_entries, migrations.RunPython.noop, elidable=True),
    ]
