"""A person's request to join a class by an invitation link, and the school's decision about it."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from invitations import letters
from invitations.models.block import ApplicantBlock
from invitations.models.decisions import Decided, purge_day
from invitations.models.expected import ListMatch
from invitations.models.invitation import Invitation
from invitations.models.join_request_set import JoinRequestQuerySet
from invitations.statuses import FINAL, KEPT_DAYS, Mark, Reason, RequestStatus, Role, role_word
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Actor

MOST_CORRECTIONS = 3
_AS_IF_NEW = {
    "status": RequestStatus.PENDING,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
    "reason_text": "",
    "is_reason_shown": True,
    "offered": None,
    "postponed_until": None,
    "mark": "",
    "marked_at": None,
    "same_as": None,
    "is_told_apart": False,
}


def number_of(pk: int) -> str:
    return f"К-{pk:06d}"


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

    told_at = models.DateTimeField("решение передано лично", null=True, editable=False)

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
            models.Index(name="join_request_recent", fields=["created_at"]),
            models.Index(name="join_request_purge", fields=["purge_after"], condition=Q(purged_at=None)),
            models.Index(name="join_request_batch", fields=["batch"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_told(self) -> bool:
        """As `told` has it: of the decision that stands."""
        return bool(self.told_at and self.decided_at and self.told_at >= self.decided_at)

    @property
    def number(self) -> str:
        return number_of(self.pk)

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

    @property
    def may_be_corrected(self) -> bool:
        """Whether a mistyped name may still be mended by the applicant: until the person is in the class at Sferum."""
        if self.purged_at or self.consent_withdrawn_at or self.joined_at:
            return False
        named = self.status == RequestStatus.REJECTED and self.reason == Reason.NAME
        return named or self.status in (RequestStatus.PENDING, RequestStatus.ACCEPTED)

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
        Letter.objects.filter(thread=letters.thread_of(self.pk)).drop_untouched(by=by)
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
        Letter.objects.filter(thread=letters.thread_of(self.pk)).drop_untouched(by=None)
        self.refresh_from_db()
        Event.record("request.withdrawn", self, self.organization, actor=Actor.APPLICANT)

    @transaction.atomic
    def correct(self, *, full_name: str, applicant_name: str = "") -> None:
        """By the applicant, who mistyped: what was decided, marked and matched by the wrong name counts no more.

        Raises ApplicantIsBlocked like filing does: else a blocked name would come in by way of another one.
        """
        self._refuse_to_correct()
        for names in ((self.applicant_name, self.full_name), (applicant_name, full_name)):
            ApplicantBlock.objects.of_names(self.organization_id, *names).refuse()
        typed = {"full_name": full_name, "applicant_name": applicant_name}
        changed = [name for name, value in typed.items() if getattr(self, name) != value]
        as_read = JoinRequest.objects.filter(
            pk=self.pk, status=self.status, batch=self.batch, corrected_at=self.corrected_at, joined_at=None
        )
        again = uuid.uuid4() if self.batch else None  # tells the next letter that the person may know a former decision
        if not as_read.filter(purged_at=None, consent_withdrawn_at=None).update(
            **typed | _AS_IF_NEW,
            batch=again,
            corrected_at=timezone.now(),
            purge_after=purge_day(KEPT_DAYS[RequestStatus.PENDING]),
        ):
            self.refresh_from_db()
            raise WrongStatus(f"Заявку только что изменили: {self.get_status_display()}. Проверьте и повторите.")
        JoinRequest.objects.filter(same_as=self.pk).update(same_as=None)
        ListMatch.objects.filter(request=self.pk).delete()
        about = Letter.objects.filter(thread=letters.thread_of(self.pk)).exclude(dedupe_key__endswith=letters.FILED)
        about.drop_untouched(by=None)
        self.refresh_from_db()
        Event.record("request.corrected", self, self.organization, actor=Actor.APPLICANT, fields=changed)

    def _refuse_to_correct(self) -> None:
        if not self.may_be_corrected:
            raise WrongStatus("Эту заявку уже нельзя исправить. Подайте новую.", status=self.status)
        mine = Event.objects.filter(object_type=self._meta.label_lower, object_id=self.pk, verb="request.corrected")
        if mine.count() >= MOST_CORRECTIONS:
            raise WrongStatus("Заявку уже исправляли несколько раз. Скажите верное имя классному руководителю.")
