"""What a person has said about help: whether reminders of trainings come, and until when the news has been read."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User


class ReaderQuerySet(models.QuerySet["Reader"]):
    def wants_no_reminders(self) -> "ReaderQuerySet":
        return self.filter(wants_reminders=False)

    def switch_reminders(self, user: User, *, on: bool) -> None:
        self.update_or_create(user=user, defaults={"wants_reminders": on})

    def mark_read(self, user: User, until: datetime) -> None:
        """A page that was opened earlier marks nothing unread again."""
        self.get_or_create(user=user)
        earlier = Q(news_read_at=None) | Q(news_read_at__lt=until)
        self.filter(earlier, user=user).update(news_read_at=until)


class Reader(models.Model):
    """No row: reminders come, and news is what was published since the person came."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="кто")
    wants_reminders = models.BooleanField("напоминания об обучении", default=True)
    news_read_at = models.DateTimeField("новости прочитаны", null=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        verbose_name = "читатель"
        verbose_name_plural = "читатели"

    def __str__(self) -> str:
        return f"Читатель {self.pk}"
