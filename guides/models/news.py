"""«Что изменилось»: short dated entries for those who work in the portal, with a mark where they are unread."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from guides.models.kept import Kept, KeptQuerySet
from guides.models.reader import Reader
from organizations.models import Region


class NewsQuerySet(KeptQuerySet["News"]):
    def unread_by(self, user: User) -> "NewsQuerySet":
        """Published since the person last said «Прочитано»; for whoever never did, since the person came."""
        read_at = Reader.objects.filter(user=user).values("news_read_at")[:1]
        return self.filter(
            published_at__gt=Coalesce(Subquery(read_at), Value(user.date_joined, models.DateTimeField()))
        )


def marked(rows: "Iterable[News]", user: User) -> "list[News]":
    """The rows, each knowing whether this person has read it."""
    read_at = Reader.objects.filter(user=user).values_list("news_read_at", flat=True).first() or user.date_joined
    marked = list(rows)
    for row in marked:
        row.is_unread = row.published_at > read_at
    return marked


class News(Kept):
    noun = "news"

    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="регион",
        help_text="Пусто: для всех регионов.",
    )
    title = models.CharField("что изменилось", max_length=200)
    text = models.TextField("подробности", max_length=2000, blank=True)
    published_at = models.DateTimeField("опубликовано", default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name="кто"
    )

    is_unread = False
    """For the person who is shown the row."""

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = "новость"
        verbose_name_plural = "что изменилось"
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(name="news_by_day", fields=["region", "-published_at"])]

    def __str__(self) -> str:
        return self.title
