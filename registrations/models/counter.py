"""Numbers of cases: РЕГ-2026-000123."""

from django.db import models, transaction
from django.utils import timezone


class CaseCounter(models.Model):
    """The last number given out for a prefix in a year. Its row is the lock; a rolled back case gives it back."""

    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="case_counter_once", fields=["prefix", "year"])]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"

    @classmethod
    def next_number(cls, prefix: str) -> str:
        return cls.next_numbers(prefix, 1)[0]

    @classmethod
    @transaction.atomic
    def next_numbers(cls, prefix: str, many: int) -> list[str]:
        """That many numbers in a row; of none the row is locked all the same."""
        year = timezone.localdate().year
        row, _ = cls.objects.get_or_create(prefix=prefix, year=year)
        cls.objects.filter(pk=row.pk).update(last=models.F("last") + many)
        row.refresh_from_db()
        return [f"{prefix}-{year}-{number:06d}" for number in range(row.last - many + 1, row.last + 1)]
