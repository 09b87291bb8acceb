"""«Мой» or «не мой»: what a class teacher is asked by a link that shows one class and decides nothing."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from foundation.tokens import sign
from foundation.verbs import WrongStatus
from invitations import consents
from invitations.models.join_request import JoinRequest
from invitations.models.join_request_set import JoinRequestQuerySet
from invitations.statuses import Mark, Role
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Actor

PURPOSE = "slip"
SLIP_DAYS = (1, 3, 7)
# What the class teacher may read at all. The office knows the teachers, and checks them itself.
SHOWN_ROLES = (Role.PUPIL, Role.PARENT)


class ClassSlipQuerySet(models.QuerySet["ClassSlip"]):
    def visible_to(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.filter(school_class__organization__in=Organization.objects.administered_by(user))

    def live(self) -> "ClassSlipQuerySet":
        gone = Organization.objects.closed().order_by().values("pk")
        alive = self.filter(revoked_at=None, expires_at__gt=timezone.now(), school_class__archived_at=None)
        return alive.exclude(school_class__organization__in=gone)

    def with_school(self) -> "ClassSlipQuerySet":
        return self.select_related("school_class__organization__region")

    @transaction.atomic
    def issue(self, classes: Iterable[SchoolClass], *, by: User, days: int) -> "list[ClassSlip]":
        """A slip for each class; the class's former one stops, so that one link is out at a time."""
        now, chosen = timezone.now(), list(classes)
        former = list(self.live().filter(school_class__in=chosen).values_list("pk", flat=True))
        self.filter(pk__in=former, revoked_at=None).update(revoked_at=now)
        made = self.bulk_create(
            ClassSlip(school_class=one, issued_by=by, issued_at=now, expires_at=now + timedelta(days=days))
            for one in chosen
        )
        stopped = self.filter(pk__in=former, revoked_at=now).with_school()
        lines = [("slip.revoked", row) for row in stopped] + [("slip.issued", row) for row in made]
        Event.objects.bulk_create(Event.draft(verb, row, row.school_class.organization, by=by) for verb, row in lines)
        return made


class ClassSlip(models.Model):
    """A link with power (`/s/<token>/`): its token is signed for the primary key, revoking is `revoked_at`."""

    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="slips", verbose_name="класс")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("выдан", default=timezone.now)
    expires_at = models.DateTimeField("действует до")
    answered_at = models.DateTimeField("последний ответ", null=True)
    revoked_at = models.DateTimeField("отозван", null=True)

    objects = ClassSlipQuerySet.as_manager()

    class Meta:
        verbose_name = "листок классного руководителя"
        verbose_name_plural = "листки классных руководителей"
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"листок {self.pk}"

    @property
    def is_live(self) -> bool:
        school_class = self.school_class
        is_over = self.revoked_at or school_class.archived_at or school_class.organization.is_closed
        return not is_over and self.expires_at > timezone.now()

    @property
    def address(self) -> str:
        """The whole address, to be sent to the class teacher."""
        return f"{settings.PORTAL_URL}{reverse('invitations:slip', args=[sign(PURPOSE, self.pk)])}"

    def waiting(self) -> JoinRequestQuerySet:
        """The class's pupils and parents who wait for a decision."""
        return JoinRequest.objects.pending().filter(school_class=self.school_class_id, role__in=SHOWN_ROLES)

    def listed(self) -> JoinRequestQuerySet:
        """Those of them who agreed that the class teacher sees their names."""
        agreed = [version for version, consent in consents.VERSIONS.items() if consent.lets_class_teacher_see]
        return self.waiting().filter(consent_version__in=agreed)

    @transaction.atomic
    def answer(self, marks: Mapping[int, str]) -> list[JoinRequest]:
        """Writes what the class teacher said of each request; an empty mark takes an answer back. The changed ones.

        A hint and no decision. What is not this class's, or is decided by now, stays as it is.
        """
        now = timezone.now()
        if not ClassSlip.objects.live().filter(pk=self.pk).update(answered_at=now):
            raise WrongStatus("Этот листок больше не действует.")
        for mark in ("", *Mark.values):
            said = [pk for pk, value in marks.items() if value == mark]
            self.listed().filter(pk__in=said).exclude(mark=mark).update(mark=mark, marked_at=now)
        changed = list(JoinRequest.objects.filter(pk__in=marks, marked_at=now).select_related("organization"))
        Event.objects.bulk_create(
            Event.draft("request.marked", row, row.organization, actor=Actor.TEACHER, fields=["mark"])
            for row in changed
        )
        return changed

    @transaction.atomic
    def revoke(self, *, by: User) -> None:
        if not ClassSlip.objects.live().filter(pk=self.pk).update(revoked_at=timezone.now()):
            raise WrongStatus("Этот листок уже не действует.")
        Event.record("slip.revoked", self, self.school_class.organization, by=by)
