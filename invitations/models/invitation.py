"""The link by which people of one class and one role ask to join."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from foundation.codes import show_code
from foundation.verbs import WrongStatus
from invitations import letters
from invitations.links import check_sferum_link
from invitations.models.invitation_set import (
    DEFAULT_DAYS,
    TEACHER_DAYS,
    InvitationQuerySet,
    default_limit,
    last_teacher_day,
    region_today,
    roles_of,
)
from invitations.statuses import Alarm, LinkState, Mode, Role, role_word
from organizations.models import Event, Organization, SchoolClass

__all__ = ["DEFAULT_DAYS", "Invitation", "default_limit", "last_teacher_day", "region_today", "roles_of"]


CALM_REASON = "Школа сверяет поданные заявки."  # what a visitor reads of an alarm
TEACHER_TERM = f"Ссылка для учителя действует не больше {TEACHER_DAYS} дней: продлевайте её на неделю."


def ends_before(day: date | None, other: date | None) -> bool:
    """Whether a link that is good through `day` ends before one that is good through `other`; None never ends."""
    return day is not None and (other is None or day < other)


class Invitation(models.Model):
    """`used` counts filed requests, whatever became of them. A link that is revoked or replaced never comes back."""

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="invitations", verbose_name="класс")
    role = models.CharField("роль", max_length=20, choices=Role)
    mode = models.CharField("режим", max_length=20, choices=Mode, default=Mode.REVIEW)
    code = models.CharField("код", max_length=12, unique=True, editable=False)
    expires_on = models.DateField("действует по", null=True, help_text="Пусто: без срока.")
    limit = models.PositiveIntegerField("мест")
    used = models.PositiveIntegerField("подано заявок", default=0, editable=False)
    opened = models.PositiveIntegerField("открыли", default=0, editable=False)
    late = models.PositiveIntegerField("пришли после замены", default=0, editable=False)
    sferum_link = models.URLField("ссылка Сферума", max_length=500, blank=True)
    sferum_link_renewed_at = models.DateTimeField("обновлена в Сферуме", null=True, editable=False)

    issued_at = models.DateTimeField("выпущена", default=timezone.now, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    paused_at = models.DateTimeField("приостановлена", null=True, editable=False)
    pause_reason = models.CharField("почему приостановлена", max_length=300, blank=True)
    alarm = models.CharField("почему приостановил портал", max_length=20, choices=Alarm, blank=True, editable=False)
    trusted_until = models.DateTimeField("не проверять на утечку до", null=True, editable=False)
    revoked_at = models.DateTimeField("отозвана", null=True, editable=False)
    batch = models.UUIDField(null=True, editable=False)
    """The year roll-over that revoked this link: whoever undoes it brings exactly these links back."""
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaces", editable=False, verbose_name="заменена ссылкой"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "ссылка-приглашение"
        verbose_name_plural = "ссылки-приглашения"
        ordering = ["school_class", "role", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_live_link_per_class_and_role", fields=["school_class", "role"], condition=Q(revoked_at=None)
            ),
            models.CheckConstraint(name="invitation_within_limit", condition=Q(used__lte=F("limit"))),
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="invitation_mode_known", condition=Q(mode__in=Mode.values)),
            models.CheckConstraint(
                name="invitation_replaced_is_revoked", condition=Q(replaced_by=None) | Q(revoked_at__isnull=False)
            ),
            models.CheckConstraint(name="invitation_alarm_known", condition=Q(alarm__in=["", *Alarm.values])),
            models.CheckConstraint(
                name="invitation_alarm_is_paused", condition=Q(alarm="") | Q(paused_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_code} – {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        """The school's page about this link; the visitor's is `address`."""
        return reverse("invitations:invitation", args=[self.school_class.organization_id, self.pk])

    @property
    def organization(self) -> Organization:
        return self.school_class.organization

    @property
    def today(self) -> date:
        return region_today(self.organization.region)

    @property
    def shown_code(self) -> str:
        return show_code(self.code)

    @property
    def address(self) -> str:
        """The whole address, as it stands on a poster."""
        return f"{settings.PORTAL_URL}{reverse('invitations:join', args=[self.code])}"

    @property
    def is_direct(self) -> bool:
        return self.mode == Mode.DIRECT

    @property
    def role_words(self) -> str:
        return role_word(self.role, self.organization.words)

    @property
    def state(self) -> LinkState:
        if self.organization.is_closed:
            return LinkState.CLOSED
        if self.replaced_by_id:
            return LinkState.REPLACED
        if self.revoked_at or self.school_class.archived_at:
            return LinkState.REVOKED
        if self.paused_at:
            return LinkState.PAUSED
        if self.expires_on and self.expires_on < self.today:
            return LinkState.EXPIRED
        return LinkState.FULL if self.used >= self.limit and not self.is_direct else LinkState.OPEN

    @property
    def is_trusted(self) -> bool:
        return self.trusted_until is not None and self.trusted_until > timezone.now()

    @property
    def openings(self) -> int:
        """How many opened it: whoever filed without scripts has opened it, too."""
        return max(self.opened, self.used)

    @property
    def term_words(self) -> str:
        """What follows «Действует»."""
        return f"по {self.expires_on:%d.%m.%Y}" if self.expires_on else "без срока"

    def may_last(self, expires_on: date | None) -> bool:
        """Whether this link may have that term: a teacher's one only a week from now, or what it has already."""
        if self.role != Role.TEACHER or expires_on == self.expires_on:
            return True
        return expires_on is not None and expires_on <= last_teacher_day(self.today)

    def longest(self, expires_on: date | None) -> date | None:
        """That term, or as much of it as this link may have."""
        if self.may_last(expires_on):
            return expires_on
        return min(expires_on or date.max, last_teacher_day(self.today))

    @property
    def waits_for_renewal(self) -> bool:
        """Dead here, but the link inside Sferum may still let people in."""
        return bool(self.revoked_at and self.sferum_link and not self.sferum_link_renewed_at)

    def _change(self, verb: str, only: Q, *, by: User | None, fields: Iterable[str] = (), **changes: Any) -> None:
        """Compare-and-set on a live link with its line in the journal."""
        if not Invitation.objects.live().filter(only, pk=self.pk).update(**changes):
            self.refresh_from_db()
            raise WrongStatus(f"Эта ссылка уже {self.state.label}: обновите страницу.", status=self.state)
        for name, value in changes.items():
            setattr(self, name, value)
        Event.record(f"invitation.{verb}", self, self.organization, by=by, fields=fields)

    @transaction.atomic
    def pause(self, *, by: User | None, reason: str) -> None:
        """The reason is shown to visitors."""
        self._change("paused", Q(paused_at=None), by=by, paused_at=timezone.now(), pause_reason=reason)

    @transaction.atomic
    def resume(self, *, by: User | None) -> None:
        """Also takes an alarm back: whoever says that this is no leak is not asked again for a day."""
        changes: dict[str, Any] = {"paused_at": None, "pause_reason": "", "alarm": ""}
        if self.alarm:
            changes["trusted_until"] = timezone.now() + timedelta(hours=settings.LEAK_TRUST_HOURS)
        self._change("resumed", Q(paused_at__isnull=False, alarm=self.alarm), by=by, **changes)

    @transaction.atomic
    def alarm_paused(self, alarm: Alarm) -> None:
        """By the portal itself, when the link seems to have leaked; its administrators learn why, visitors do not."""
        now = timezone.now()
        only = Q(paused_at=None) & (Q(trusted_until=None) | Q(trusted_until__lte=now))
        self._change("alarmed", only, by=None, paused_at=now, alarm=alarm, pause_reason=CALM_REASON)
        Letter.objects.queue_many(letters.alarm(self))

    @transaction.atomic
    def revoke(self, *, by: User | None) -> None:
        self._change("revoked", Q(), by=by, revoked_at=timezone.now())

    @transaction.atomic
    def replace(self, *, by: User | None, sferum_link: str = "") -> "Invitation":
        """A new code for the same class and role; the old address says «заменена» from now on."""
        self._change("replaced", Q(), by=by, revoked_at=timezone.now())
        new = Invitation.objects.issue(
            self.school_class,
            Role(self.role),
            by=by,
            mode=Mode(self.mode),
            expires_on=None if ends_before(self.expires_on, self.today) else self.expires_on,
            is_endless=self.expires_on is None,
            limit=self.limit,
            sferum_link=sferum_link,
        )
        Invitation.objects.filter(pk=self.pk).update(replaced_by=new)
        self.replaced_by = new
        return new

    @transaction.atomic
    def extend(self, *, by: User | None, expires_on: date | None, limit: int) -> None:
        """Later (None: never ends) or more, never less: people hold posters with the former terms."""
        if ends_before(expires_on, self.expires_on) or limit < self.limit:
            raise WrongStatus("Срок и число мест можно только увеличить. Чтобы закрыть ссылку раньше, отзовите её.")
        if not self.may_last(expires_on):
            raise WrongStatus(TEACHER_TERM)
        only = Q(limit__lte=limit) & (Q() if expires_on is None else Q(expires_on__lte=expires_on))
        terms = {"expires_on": expires_on, "limit": limit}
        changed = [name for name, value in terms.items() if getattr(self, name) != value]
        self._change("extended", only, by=by, fields=changed, **terms)

    @transaction.atomic
    def change_link(self, *, by: User | None, sferum_link: str) -> None:
        """The official link inside Sferum; an empty one only where requests are reviewed."""
        if sferum_link:
            check_sferum_link(sferum_link, self.organization.region.allowed_link_hosts)
        elif self.is_direct:
            raise WrongStatus("Ссылка без проверки держится на ссылке Сферума: её нельзя убрать.")
        self._change("link-changed", Q(), by=by, sferum_link=sferum_link)
        self.link_changes.create(sferum_link=sferum_link, changed_by=by)

    @transaction.atomic
    def mark_renewed(self, *, by: User | None) -> None:
        """The administrator has renewed the link in Sferum itself, so the old one is dead there, too."""
        dead = Invitation.objects.filter(pk=self.pk, revoked_at__isnull=False, sferum_link_renewed_at=None)
        if dead.update(sferum_link_renewed_at=timezone.now()):
            Event.record("invitation.link-renewed", self, self.organization, by=by)
