"""A person's request to join a class by an invitation link, and the school's decision about it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from invitations import letters
from invitations.models.invitation import Invitation
from invitations.statuses import DEAD, FINAL, KEPT_DAYS, KEPT_DAYS_JOINED, Mark, Reason, RequestStatus, Role, role_word
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Actor


class LinkIsClosed(Exception):
    """The last place went to somebody else, or the link was paused or revoked, while the form was being filled in."""


@dataclass(frozen=True)
class Decided:
    """What became of a selection: rows won by this very act, rows that somebody decided before, rows left alone."""

    won: "list[JoinRequest]"
    beaten: "list[JoinRequest]"
    left: "list[JoinRequest]"


def purge_day(days: int) -> date:
    """The last day on which the data are kept, by the portal's own calendar, whoever's zone the page is in."""
    return timezone.localdate(timezone=timezone.get_default_timezone()) + timedelta(days=days)


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        """For figures of a territory. Names and contacts are shown through `administered_by` only."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def pending(self) -> "JoinRequestQuerySet":
        return self.filter(status=RequestStatus.PENDING)

    def checked_not_joined(self) -> "JoinRequestQuerySet":
        """«Проверены – примите в Сферуме»."""
        return self.filter(status=RequestStatus.ACCEPTED, joined_at=None, purged_at=None)

    def waiting_first(self) -> "JoinRequestQuerySet":
        done = Case(When(status=RequestStatus.PENDING, then=Value(0)), default=Value(1))
        return self.order_by(done, "created_at", "pk")

    def file(self, invitation: Invitation, *, form_key: str, full_name: str, **facts: Any) -> "JoinRequest":
        """The applicant's request: place, row, journal and letter together, or LinkIsClosed.

        The same form with the same name is one request, whichever of two clicks comes first and even if it took the
        last place; another name behind the same form (the browser's "back") is another request.
        """
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{invitation.pk}|{form_key}|{full_name.casefold()}")
        try:
            with transaction.atomic():
                if invitation.state in DEAD or not Invitation.objects.take_place(invitation):
                    raise LinkIsClosed
                request = self.create(
                    invitation=invitation,
                    school_class=invitation.school_class,
                    organization=invitation.organization,
                    role=invitation.role,
                    form_key=key,
                    full_name=full_name,
                    purge_after=purge_day(KEPT_DAYS[RequestStatus.PENDING]),
                    **facts,
                )
                Event.record("request.filed", request, request.organization, actor=Actor.APPLICANT)
                if request.email:
                    Letter.objects.queue_many([letters.filed(request)])
        except (IntegrityError, LinkIsClosed):
            if first := self.filter(form_key=key).first():
                return first
            raise
        return request

    def accept(self, *, by: User, knows_personally: bool = False) -> Decided:
        """Accepts what is still pending. Somebody who asks to teach children is never accepted by a mere selection:
        only with the administrator's word that she knows this very person.
        """
        unvouched = Q() if knows_personally else ~Q(role=Role.TEACHER)
        return self._decide(RequestStatus.ACCEPTED, unvouched, by=by)

    def reject(self, *, by: User, reason: Reason, reason_text: str = "") -> Decided:
        return self._decide(RequestStatus.REJECTED, Q(), by=by, reason=reason, reason_text=reason_text)

    @transaction.atomic
    def _decide(self, status: RequestStatus, only: Q, *, by: User, **details: Any) -> Decided:
        """Many at once: one UPDATE, and the rows that bear its batch are those won by this act.

        Call it on a selection by keys: a filter by status would hide those who were decided by somebody else.
        """
        chosen = list(self.order_by("pk").select_for_update().values_list("pk", flat=True))
        batch = uuid.uuid4()  # the locks above only give two overlapping acts one order; the UPDATE decides
        JoinRequest.objects.filter(only, pk__in=chosen, status=RequestStatus.PENDING).update(
            status=status,
            decided_by=by,
            decided_at=timezone.now(),
            batch=batch,
            purge_after=purge_day(KEPT_DAYS[status]),
            **details,
        )
        rows = list(JoinRequest.objects.filter(pk__in=chosen).for_decision())
        won = [row for row in rows if row.batch == batch]
        others = [row for row in rows if row.batch != batch]
        Event.objects.bulk_create(Event.draft(f"request.{status}", row, row.organization, by=by) for row in won)
        if told := [row for row in won if row.email]:
            links = Invitation.objects.sferum_links(row.school_class_id for row in told)
            drafts = [letters.decided(row, links.get((row.school_class_id, row.role), "")) for row in told]
            Letter.objects.queue_many(drafts)
        return Decided(
            won=won,
            beaten=[row for row in others if row.status != RequestStatus.PENDING],
            left=[row for row in others if row.status == RequestStatus.PENDING],
        )

    def for_decision(self) -> "JoinRequestQuerySet":
        return self.select_related("school_class", "organization__region", "decided_by").order_by("pk")

    @transaction.atomic
    def mark_joined(self, *, by: User) -> "list[JoinRequest]":
        """The administrator has accepted these people in Sferum itself; what was marked before stays as it was."""
        now, chosen = timezone.now(), list(self.order_by("pk").select_for_update().values_list("pk", flat=True))
        JoinRequest.objects.checked_not_joined().filter(pk__in=chosen).update(
            joined_at=now, joined_by=by, purge_after=purge_day(KEPT_DAYS_JOINED)
        )
        won = list(JoinRequest.objects.filter(pk__in=chosen, joined_at=now, joined_by=by).for_decision())
        Event.objects.bulk_create(Event.draft("request.joined", row, row.organization, by=by) for row in won)
        return won


class JoinRequest(models.Model):
    """Nothing is asked that the check does not need. The proof of consent outlives the erased data."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="requests", verbose_name="ссылка")
    # Copied from the link, so that a million rows are filtered by one index.
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="requests", verbose_name="класс")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="join_requests", db_index=False, verbose_name="организация"
    )
    role = models.CharField("роль", max_length=20, choices=Role)

    full_name = models.CharField("кто вступает", max_length=200, blank=True)
    applicant_name = models.CharField("кто подал за ребёнка", max_length=200, blank=True)
    phone = PhoneNumberField("телефон", blank=True)
    email = models.EmailField("электронная почта", blank=True)
    form_key = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField("подана", default=timezone.now, editable=False)

    status = models.CharField("состояние", max_length=20, choices=RequestStatus, default=RequestStatus.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("решено", null=True)
    reason = models.CharField("причина отказа", max_length=20, choices=Reason, blank=True)
    reason_text = models.CharField("пояснение", max_length=300, blank=True)
    is_reason_shown = models.BooleanField("причину видит заявитель", default=True)
    offered = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, related_name="+", verbose_name="верная ссылка, если роль другая"
    )
    batch = models.UUIDField(null=True, editable=False)
    joined_at = models.DateTimeField("принят в Сферуме", null=True)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    note = models.CharField("заметка школы", max_length=300, blank=True)
    postponed_until = models.DateField("вернуться к заявке", null=True)
    corrected_at = models.DateTimeField("исправлена заявителем", null=True, editable=False)
    mark = models.CharField("ответ классного руководителя", max_length=20, choices=Mark, blank=True)
    marked_at = models.DateTimeField("ответил классный руководитель", null=True, editable=False)
    same_as = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="twins", verbose_name="тот же человек, что в заявке"
    )
    is_told_apart = models.BooleanField("однофамилец: другой человек", default=False)

    consent_version = models.CharField("редакция согласия", max_length=20)
    consent_at = models.DateTimeField("согласие дано", default=timezone.now)
    consent_withdrawn_at = models.DateTimeField("согласие отозвано", null=True, editable=False)
    purge_after = models.DateField("хранить данные по", editable=False)
    purged_at = models.DateTimeField("данные уничтожены", null=True, editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "заявка в класс"
        verbose_name_plural = "заявки в классы"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="join_request_status_known", condition=Q(status__in=RequestStatus.values)),
            models.CheckConstraint(name="join_request_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="join_request_mark_known", condition=Q(mark__in=["", *Mark.values])),
            models.CheckConstraint(
                name="join_request_joined_after_accepted",
                condition=Q(joined_at=None) | Q(status=RequestStatus.ACCEPTED),
            ),
            models.CheckConstraint(
                name="join_request_purged_is_empty",
                condition=Q(purged_at=None) | Q(full_name="", applicant_name="", phone="", email="", note=""),
            ),
        ]
        indexes = [
            models.Index(name="join_request_review", fields=["organization", "status", "created_at"]),
            models.Index(name="join_request_waiting", fields=["created_at"], condition=Q(status=RequestStatus.PENDING)),
            models.Index(name="join_request_purge", fields=["purge_after"], condition=Q(purged_at=None)),
            models.Index(name="join_request_batch", fields=["batch"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"К-{self.pk:06d}"

    @property
    def role_words(self) -> str:
        return role_word(self.role, self.organization.words)

    @property
    def reason_words(self) -> str:
        """What the applicant reads; an explanation of one's own replaces «другая причина»."""
        words = [] if self.reason == Reason.OTHER and self.reason_text else [self.get_reason_display()]
        return ". ".join(filter(None, [*words, self.reason_text]))

    @property
    def sferum_link(self) -> str:
        """Empty until the school has accepted the request, and where it has no live link for this class and role."""
        if self.status != RequestStatus.ACCEPTED:
            return ""
        return Invitation.objects.sferum_links([self.school_class_id]).get((self.school_class_id, self.role), "")

    def decided_words(self) -> str:
        """«заявка К-000123 уже проверена (Демидова Марина Сергеевна)»."""
        who = f" ({self.decided_by.full_name})" if self.decided_by else ""
        return f"заявка {self.number} уже {self.get_status_display()}{who}"

    def accept(self, *, by: User, knows_personally: bool = False) -> None:
        self._decide_alone(JoinRequest.objects.filter(pk=self.pk).accept(by=by, knows_personally=knows_personally))

    def reject(self, *, by: User, reason: Reason, reason_text: str = "") -> None:
        chosen = JoinRequest.objects.filter(pk=self.pk)
        self._decide_alone(chosen.reject(by=by, reason=reason, reason_text=reason_text))

    def _decide_alone(self, decided: Decided) -> None:
        self.refresh_from_db()
        if decided.left:
            raise WrongStatus("Подтвердите, что лично знаете этого сотрудника.", status=self.status)
        for row in decided.beaten:
            raise WrongStatus(
                f"{row.decided_words().capitalize()}.",
                by_name=row.decided_by.full_name if row.decided_by else "",
                at=row.decided_at,
                status=row.status,
            )

    @transaction.atomic
    def forget(self, *, by: User) -> None:
        """The person took the consent back after the decision: the decision stays, the data go with the next night."""
        kept = JoinRequest.objects.filter(pk=self.pk, status__in=FINAL, consent_withdrawn_at=None, purged_at=None)
        if not kept.update(consent_withdrawn_at=timezone.now(), purge_after=purge_day(0)):
            raise WrongStatus("Сначала примите или отклоните заявку." if self.status not in FINAL else "Уже отмечено.")
        Event.record("request.consent-withdrawn", self, self.organization, by=by)

    @transaction.atomic
    def withdraw(self) -> None:
        """By the applicant, who also takes back the consent: the data go with the next night."""
        waiting = JoinRequest.objects.filter(pk=self.pk, status=RequestStatus.PENDING)
        now, last_day = timezone.now(), purge_day(KEPT_DAYS[RequestStatus.WITHDRAWN])
        if not waiting.update(
            status=RequestStatus.WITHDRAWN, decided_at=now, consent_withdrawn_at=now, purge_after=last_day
        ):
            self.refresh_from_db()
            raise WrongStatus(f"Школа уже решила: {self.get_status_display()}.", status=self.status)
        self.refresh_from_db()
        Event.record("request.withdrawn", self, self.organization, actor=Actor.APPLICANT)
