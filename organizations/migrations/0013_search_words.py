from django.db import migrations, models

from organizations.searching import indexed


def index_names(apps, schema_editor):
    Organization = apps.get_model("organizations", "Organization")
    batch = []
    for row in Organization.objects.only("short_name", "full_name", "branch", "inn", "ogrn").iterator(chunk_size=1000):
        row.search_words = indexed(
            " ".join(filter(None, [row.short_name, row.full_name, row.branch, row.inn, row.ogrn]))
        )
        batch.append(row)
        if len(batch) == 1000:
            Organization.objects.bulk_update(batch, ["search_words"], batch_size=200)
            batch = []
    Organization.objects.bulk_update(batch, ["search_words"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0012_questions_of_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="search_words",
            field=models.TextField(db_default="", default="", editable=False),
        ),
        migrations.RunPython(index_names, migrations.RunPython.noop, elidable=True),
    ]
