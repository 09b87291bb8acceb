"""Who does not want the morning digest. No row: wants it."""

from django.conf import settings
from django.db import models

from accounts.models import User


class DigestChoiceQuerySet(models.QuerySet["DigestChoice"]):
    def declined(self) -> "DigestChoiceQuerySet":
        return self.filter(is_on=False)

    def wants(self, user: User) -> bool:
        return not self.declined().filter(user=user).exists()

    def set(self, user: User, *, is_on: bool) -> None:
        """A person's own choice, like a theme: nobody else's affair, so no line in the journal."""
        self.update_or_create(user=user, defaults={"is_on": is_on})


class DigestChoice(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_on = models.BooleanField("утренняя сводка", default=True)

    objects = DigestChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "выбор утренней сводки"
        verbose_name_plural = "выбор утренней сводки"

    def __str__(self) -> str:
        return f"{self.user}: {'да' if self.is_on else 'нет'}"
