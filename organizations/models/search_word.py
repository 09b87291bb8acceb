"""The words that occur in the names of each municipality: what a mistyped word may have been meant for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from organizations.models.organization import Organization, OrganizationQuerySet

BATCH = 2000
LONGEST = 100  # letters; nothing longer is a word


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    def of(self, organizations: "OrganizationQuerySet", places: Iterable[int]) -> "SearchWordQuerySet":
        """The words of the territory of these organizations, and of no other; `places` are its municipalities."""
        elsewhere = organizations.order_by().filter(municipality=None).values("region")
        return self.filter(Q(municipality__in=list(places)) | Q(municipality=None, region__in=elsewhere))

    def learn(self, organizations: "Iterable[Organization]") -> None:
        """Adds the words of these names. A word whose last bearer has gone may stay: a search for it finds nothing."""
        pairs = {
            (each.region_id, each.municipality_id, word)
            for each in organizations
            for word in each.search_words.split()
            if not word.isdigit() and 1 < len(word) <= LONGEST
        }
        self.bulk_create(
            [
                SearchWord(region_id=region, municipality_id=place, word=word)
                for region, place, word in sorted(pairs, key=str)
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )


class SearchWord(models.Model):
    region = models.ForeignKey("Region", models.CASCADE, related_name="+")
    municipality = models.ForeignKey("Municipality", models.CASCADE, null=True, related_name="+")
    word = models.CharField("слово", max_length=LONGEST)

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        verbose_name = "слово из названий"
        verbose_name_plural = "слова из названий"
        constraints = [
            models.UniqueConstraint(
                name="search_word_once", fields=["municipality", "word"], condition=Q(municipality__isnull=False)
            ),
            models.UniqueConstraint(
                name="search_word_once_in_region", fields=["region", "word"], condition=Q(municipality=None)
            ),
        ]

    def __str__(self) -> str:
        return self.word
