"""A visitor whose repeated requests a school does not take for a while. Never by a contact: families share one."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from foundation.folding import fold
from foundation.verbs import WrongStatus
from invitations.statuses import RequestStatus
from organizations.models import Event, Organization

if TYPE_CHECKING:
    from invitations.models.join_request import JoinRequest

BLOCK_DAYS = (7, 30, 90)


class ApplicantIsBlocked(Exception):
    """The school takes no repeated requests with these names through this day."""

    def __init__(self, ends_on: date) -> None:
        super().__init__(f"{ends_on}")
        self.ends_on = ends_on


def fingerprints(organization_id: int, *names: str) -> list[str]:
    """The keyed hash of the folded names for one school, under today's SECRET_KEY first and then under former ones.

    In any order of the words: «Илья Петров» comes back as «Петров Илья».
    """
    folded = "|".join(" ".join(sorted(fold(name).replace("-", " ").split())) for name in names)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_hash(key, f"{organization_id}|{folded}") for key in keys]


def _hash(key: str | bytes, names: str) -> str:
    return salted_hmac("portal.applicant-block", names, secret=key, algorithm="sha256").hexdigest()


class ApplicantBlockQuerySet(models.QuerySet["ApplicantBlock"]):
    def visible_to(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def standing(self) -> "ApplicantBlockQuerySet":
        return self.filter(lifted_at=None, ends_on__gte=timezone.localdate())

    def of_names(self, organization_id: int, *names: str) -> "ApplicantBlockQuerySet":
        return self.standing().filter(
            organization=organization_id, fingerprint__in=fingerprints(organization_id, *names)
        )

    def refuse(self) -> None:
        """Raises ApplicantIsBlocked if there is any."""
        ends_on = self.order_by("-ends_on").values_list("ends_on", flat=True).first()
        if ends_on:
            raise ApplicantIsBlocked(ends_on)

    @transaction.atomic
    def block(self, request: "JoinRequest", *, by: User, days: int) -> "ApplicantBlock":
        """For a rejected request whose names are known still; the names themselves are not kept."""
        rejected = type(request).objects.filter(pk=request.pk, status=RequestStatus.REJECTED, purged_at=None)
        held = rejected.select_for_update().first()
        if held is None:
            raise WrongStatus("Закрыть повторные заявки можно только после отказа и пока данные не уничтожены.")
        if self.of_names(held.organization_id, held.applicant_name, held.full_name).exists():
            raise WrongStatus("Повторные заявки с этими именами уже закрыты.")
        made = self.create(
            organization=held.organization,
            request=held,
            fingerprint=fingerprints(held.organization_id, held.applicant_name, held.full_name)[0],
            ends_on=timezone.localdate() + timedelta(days=days),
            blocked_by=by,
        )
        Event.record("applicant.blocked", held, held.organization, by=by)
        return made


class ApplicantBlock(models.Model):
    """Holds no name: `fingerprint` is a keyed hash of the folded names in the request that was blocked."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="applicant_blocks")
    request = models.ForeignKey("invitations.JoinRequest", models.CASCADE, related_name="blocks")
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)
    ends_on = models.DateField("действует по")
    blocked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField("закрыто", default=timezone.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField("снято", null=True)

    objects = ApplicantBlockQuerySet.as_manager()

    class Meta:
        verbose_name = "закрытые повторные заявки"
        verbose_name_plural = "закрытые повторные заявки"
        ordering = ["-blocked_at", "-pk"]

    def __str__(self) -> str:
        return f"блокировка {self.pk}"

    @transaction.atomic
    def lift(self, *, by: User) -> None:
        standing = ApplicantBlock.objects.filter(pk=self.pk).standing()
        if not standing.update(lifted_at=timezone.now(), lifted_by=by):
            raise WrongStatus("Эти заявки уже снова принимаются.")
        Event.record("applicant.unblocked", self.request, self.organization, by=by)
