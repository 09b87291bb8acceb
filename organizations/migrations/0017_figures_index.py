"""The columns that the desk groups by, so that its figures come from an index; and the order of the list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0016_closing_reason"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                name="organization_figures",
                condition=models.Q(closed_on=None),
                fields=["region", "municipality", "kind", "step", "administrator_state", "step_since", "id"],
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                name="organization_in_order", condition=models.Q(closed_on=None), fields=["search_key", "id"]
            ),
        ),
    ]
