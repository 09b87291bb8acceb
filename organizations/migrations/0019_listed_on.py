"""Since when an organization is in the list: from the journal, else since the journal of its region begins."""

from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone


def fill(apps, schema_editor):
    Organization = apps.get_model("organizations", "Organization")
    Event = apps.get_model("organizations", "Event")
    added = Event.objects.filter(organization=OuterRef("pk"), verb="organization.added").order_by("at")
    Organization.objects.update(listed_on=Subquery(added.annotate(day=TruncDate("at")).values("day")[:1]))
    unknown = Organization.objects.filter(listed_on=None)
    for region in list(unknown.order_by().values_list("region", flat=True).distinct()):
        first = Event.objects.filter(organization__region=region).aggregate(first=Min("at"))["first"]
        unknown.filter(region=region).update(listed_on=timezone.localdate(first))


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0018_index_by_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="listed_on",
            field=models.DateField(editable=False, null=True, verbose_name="в списке с"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="organization",
            name="listed_on",
            field=models.DateField(default=timezone.localdate, editable=False, null=True, verbose_name="в списке с"),
        ),
    ]
