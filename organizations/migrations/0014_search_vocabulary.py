import django.db.models.deletion
from django.db import migrations, models


def learn_words(apps, schema_editor):
    """The words of every name, region by region, so that no more than one region's lie in memory."""
    Organization, SearchWord = (
        apps.get_model("organizations", "Organization"),
        apps.get_model("organizations", "SearchWord"),
    )
    for region in apps.get_model("organizations", "Region").objects.values_list("pk", flat=True):
        rows = Organization.objects.filter(region=region).values_list("municipality", "search_words")
        pairs = {
            (place, word)
            for place, words in rows.iterator(chunk_size=2000)
            for word in words.split()
            if not word.isdigit() and 1 < len(word) <= 100
        }
        new = [SearchWord(region_id=region, municipality_id=place, word=word) for place, word in sorted(pairs, key=str)]
        SearchWord.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0013_search_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=100, verbose_name="слово")),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.municipality",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "слово из названий",
                "verbose_name_plural": "слова из названий",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("municipality__isnull", False)),
                        fields=("municipality", "word"),
                        name="search_word_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("municipality", None)),
                        fields=("region", "word"),
                        name="search_word_once_in_region",
                    ),
                ],
            },
        ),
        migrations.RunPython(learn_words, migrations.RunPython.noop, elidable=True),
    ]
