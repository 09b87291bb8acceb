"""The one way out to the mail server, and why it stands still."""

import logging
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from correspondence.bell import ring_after_commit
from foundation.verbs import WrongStatus

logger = logging.getLogger(__name__)

PAUSE = timedelta(minutes=5)


class MailChannel(models.Model):
    """A single row. While it is paused nobody's letter fails: the server refuses us, not them."""

    paused_until = models.DateTimeField("остановлена до", null=True, blank=True)
    paused_since = models.DateTimeField("остановлена с", null=True, blank=True)
    reason = models.CharField("причина", max_length=300, blank=True)
    server_reply = models.TextField("ответ сервера", blank=True)

    class Meta:
        verbose_name = "отправка писем"
        verbose_name_plural = "отправка писем"
        constraints = [models.CheckConstraint(name="mail_channel_is_one", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.reason or "Письма отправляются"

    @classmethod
    def current(cls) -> Self:
        """Reading never writes: pages ask this on GET."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def is_in_trouble(self) -> bool:
        """From the first refusal until a letter leaves: what a banner asks."""
        return self.paused_since is not None

    def pause(self, reason: str, server_reply: str = "") -> None:
        """Rings no bell by mail, for that is what is broken: an error in the log once, then the banner and /healthz."""
        now = timezone.now()
        if not self.is_in_trouble:
            logger.error("The mail server refuses the portal: %s", server_reply)
        self._write(self.paused_since or now, now + PAUSE, reason, server_reply)

    def resume(self) -> None:
        """«Попробовать сейчас»: ends the pause. The trouble is over only when a letter has left."""
        if not self.is_in_trouble:
            raise WrongStatus("Отправка писем не остановлена.")
        self._write(self.paused_since, None, self.reason, self.server_reply)
        ring_after_commit()

    def clear(self) -> None:
        """A letter has left: the trouble is over."""
        if self.is_in_trouble:
            self._write(None, None, "", "")

    def _write(self, since: datetime | None, until: datetime | None, reason: str, server_reply: str) -> None:
        self.paused_since, self.paused_until, self.reason, self.server_reply = since, until, reason, server_reply
        fields = {"paused_since": since, "paused_until": until, "reason": reason, "server_reply": server_reply}
        type(self)._default_manager.update_or_create(pk=1, defaults=fields)
