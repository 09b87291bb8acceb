"""A letter of a coordinator to many organizations: written, looked at, scheduled, sent once to each."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Visitor
from coordination.statuses import CampaignSkip, CampaignStatus
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization, Region

LEASE = timedelta(minutes=2)  # of one batch
CHANGEABLE = (CampaignStatus.DRAFT,)
WITHDRAWABLE = (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED)
IN_WORK = (CampaignStatus.SCHEDULED, CampaignStatus.SENDING)


class LeaseLost(Exception):
    """This worker was thought dead, and another one goes on with the campaign."""


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def manageable_by(self, user: Visitor) -> "CampaignQuerySet":
        """One's own: the audience is the author's territory, and the letters bear the author's name."""
        return self.filter(author=user) if user.is_authenticated else self.none()

    def free(self) -> "CampaignQuerySet":
        """What the worker may take: its hour has come, and it is in nobody's hands."""
        now = timezone.now()
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), status__in=IN_WORK, starts_at__lte=now)

    def claim(self, pk: int) -> "Campaign | None":
        """Takes the campaign for LEASE; None where another worker was first."""
        if not self.free().filter(pk=pk).update(lease_until=timezone.now() + LEASE):
            return None
        return self.select_related("author", "region").get(pk=pk)


class Campaign(models.Model):
    """`query` is the audience: a filter of the list, evaluated over the author's territory when it is sent."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", editable=False)
    name = models.CharField("название", max_length=120)
    subject = models.CharField("тема", max_length=200)
    text = models.TextField("текст")
    query = models.CharField("кому", max_length=2000, blank=True)
    includes_done = models.BooleanField("и тем, у кого всё сделано", default=False)
    status = models.CharField("состояние", max_length=10, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    written_at = models.DateTimeField("написана", default=timezone.now, editable=False)
    starts_at = models.DateTimeField("начало", null=True, editable=False)
    lease_until = models.DateTimeField("в работе до", null=True, editable=False)
    finished_at = models.DateTimeField("закончена", null=True, editable=False)

    recipients: "models.Manager[CampaignRecipient]"
    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "рассылка"
        verbose_name_plural = "рассылки"
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaign_status_known", condition=Q(status__in=CampaignStatus.values)),
            models.CheckConstraint(
                name="campaign_in_work_has_a_start", condition=~Q(status__in=IN_WORK) | Q(starts_at__isnull=False)
            ),
        ]
        indexes = [models.Index(name="campaign_work", fields=["starts_at"], condition=Q(status__in=IN_WORK))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("coordination:campaign", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == CampaignStatus.DRAFT

    @property
    def is_scheduled(self) -> bool:
        return self.status == CampaignStatus.SCHEDULED

    @property
    def is_withdrawable(self) -> bool:
        return self.status in WITHDRAWABLE

    @property
    def is_under_way(self) -> bool:
        return self.status == CampaignStatus.SENDING

    @property
    def is_stopped(self) -> bool:
        return self.status == CampaignStatus.CANCELLED

    @transaction.atomic
    def rewrite(self, *, by: User, **words: object) -> None:
        self._move(CHANGEABLE, **words)
        Event.record("campaign.changed", self, by=by, region=self.region, fields=words)

    @transaction.atomic
    def schedule(self, *, starts_at: datetime, by: User) -> None:
        self._move(CHANGEABLE, status=CampaignStatus.SCHEDULED, starts_at=starts_at)
        Event.record("campaign.scheduled", self, by=by, region=self.region)

    @transaction.atomic
    def cancel(self, *, by: User) -> None:
        """Before the first letter is written; whoever is later than the worker is told so."""
        self._move(WITHDRAWABLE, status=CampaignStatus.CANCELLED, finished_at=timezone.now())
        Event.record("campaign.cancelled", self, by=by, region=self.region)

    @transaction.atomic
    def stop(self, *, by: User) -> int:
        """Under way: no more letters are written, and those that nobody has begun to send are withdrawn; how many.

        A worker in the midst of a batch finds its lease gone at the next one. Raises WrongStatus where all have left.
        """
        stopped = {"status": CampaignStatus.CANCELLED, "finished_at": timezone.now(), "lease_until": None}
        sent_to = CampaignRecipient.objects.filter(campaign=self)
        under_way = Campaign.objects.filter(pk=self.pk, status=CampaignStatus.SENDING).update(**stopped)
        dropped = Letter.objects.filter(pk__in=sent_to.values("letter")).drop_untouched(by=by)
        if not under_way:
            written = Campaign.objects.filter(pk=self.pk, status=CampaignStatus.SENT)
            if not dropped or not written.update(**stopped):
                raise WrongStatus("Останавливать нечего: все письма этой рассылки уже ушли.", status=self.status)
        self.refresh_from_db()
        Event.record("campaign.stopped", self, by=by, region=self.region)
        return dropped

    def renew(self, **changes: object) -> None:
        """In the transaction of a batch: the lease begins anew, and who has lost it leaves nothing."""
        until = timezone.now() + LEASE
        if not self._mine().update(lease_until=until, **changes):
            raise LeaseLost
        self.lease_until = until
        for name, value in changes.items():
            setattr(self, name, value)

    def finish(self) -> None:
        done = {"status": CampaignStatus.SENT, "finished_at": timezone.now()}
        if not self._mine().update(lease_until=None, **done):
            raise LeaseLost
        Event.record("campaign.sent", self, by=self.author, region=self.region)

    def _mine(self) -> CampaignQuerySet:
        return Campaign.objects.filter(pk=self.pk, status=self.status, lease_until=self.lease_until)

    def _move(self, expected: tuple[CampaignStatus, ...], **fields: object) -> None:
        # A worker that has claimed it is about to write letters: from then on nothing is changed.
        free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
        moved = Campaign.objects.filter(free, pk=self.pk, status__in=expected).update(**fields)
        self.refresh_from_db()
        if not moved:
            raise WrongStatus(f"С рассылкой этого сделать уже нельзя: {self.get_status_display()}.", status=self.status)


class CampaignRecipient(models.Model):
    """One organization of a campaign, with its letter or the reason why it got none. Never twice in one campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="recipients")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="+")
    skipped = models.CharField("почему без письма", max_length=10, choices=CampaignSkip, blank=True)
    decided_at = models.DateTimeField("решено", null=True)

    class Meta:
        verbose_name = "получатель рассылки"
        verbose_name_plural = "получатели рассылки"
        constraints = [
            models.UniqueConstraint(name="campaign_recipient_once", fields=["campaign", "organization"]),
            models.CheckConstraint(
                name="campaign_skip_known", condition=Q(skipped="") | Q(skipped__in=CampaignSkip.values)
            ),
        ]
        indexes = [models.Index(name="campaign_undecided", fields=["campaign"], condition=Q(decided_at=None))]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.organization}"
