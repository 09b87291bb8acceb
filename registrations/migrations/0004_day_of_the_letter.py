from django.db import migrations
from django.db.models import OuterRef, Subquery


def note_days(apps, schema_editor):
    """Answered cases get back the day of the letter that was answered: the last one out up to the answer."""
    CaseLetter = apps.get_model("registrations", "CaseLetter")
    for name, key in (
        ("RegistrationRequest", "registration"),
        ("HandoverRequest", "handover"),
        ("HelpRequest", "help"),
    ):
        letters = CaseLetter.objects.filter(**{key: OuterRef("pk")}, direction="out", on__lte=OuterRef("answered_on"))
        day = letters.exclude(purpose__in=["nomination", "repeat"]).order_by("-on").values("on")[:1]
        answered = apps.get_model("registrations", name).objects.filter(answered_on__isnull=False, waiting_since=None)
        answered.update(waiting_since=Subquery(day))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0003_questions_with_facts")]

    operations = [migrations.RunPython(note_days, migrations.RunPython.noop, elidable=True)]
