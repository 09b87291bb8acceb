"""What a person has said about help: whether reminders of trainings come."""

from django.conf import settings
from django.db import models

from accounts.models import User


class ReaderQuerySet(models.QuerySet["Reader"]):
    def wants_no_reminders(self) -> "ReaderQuerySet":
        return self.filter(wants_reminders=False)

    def switch_reminders(self, user: User, *, on: bool) -> None:
        self.update_or_create(user=user, defaults={"wants_reminders": on})


class Reader(models.Model):
    """No row: reminders come."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="кто")
    wants_reminders = models.BooleanField("напоминания об обучении", default=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        verbose_name = "читатель"
        verbose_name_plural = "читатели"

    def __str__(self) -> str:
        return f"Читатель {self.pk}"
