"""The names a school expects in each class and role, the ground on which it keeps them, and which are taken.

Seen by the school's own administrators only; nothing here is shown, counted or exported above the school.
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from invitations.statuses import Role
from organizations.models import Organization, SchoolClass


class ExpectedMemberQuerySet(models.QuerySet["ExpectedMember"]):
    def visible_to(self, user: User | AnonymousUser) -> "ExpectedMemberQuerySet":
        """Names of minors: whoever coordinates a school does not see them, so this is the same as administering."""
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ExpectedMemberQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ExpectedMemberQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def of_list(
        self, organization: Organization, school_class: SchoolClass | None, role: str
    ) -> "ExpectedMemberQuerySet":
        """One list; without a class it is the staff list of the whole organization."""
        return self.filter(organization=organization, school_class=school_class, role=role)


class ExpectedMember(models.Model):
    """One line of a list. Two pupils of one name are two lines."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="expected", db_index=False, verbose_name="организация"
    )
    school_class = models.ForeignKey(
        SchoolClass, models.CASCADE, null=True, blank=True, related_name="expected", verbose_name="класс"
    )
    role = models.CharField("роль", max_length=20, choices=Role)
    full_name = models.CharField("имя", max_length=200)
    added_at = models.DateTimeField("внесён", default=timezone.now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = ExpectedMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "ожидаемый участник"
        verbose_name_plural = "ожидаемые участники"
        ordering = ["full_name", "pk"]
        indexes = [models.Index(name="expected_of_list", fields=["organization", "role", "school_class"])]
        constraints = [
            models.CheckConstraint(name="expected_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="expected_without_class_is_staff", condition=Q(school_class__isnull=False) | Q(role=Role.TEACHER)
            ),
        ]

    def __str__(self) -> str:
        return f"строка списка {self.pk}"


class ListMatch(models.Model):
    """A line of a list is taken by an accepted request. Unique on both sides: no line is ever spent twice."""

    member = models.OneToOneField(ExpectedMember, models.CASCADE, related_name="match")
    request = models.OneToOneField("invitations.JoinRequest", models.CASCADE, related_name="match")

    class Meta:
        verbose_name = "занятая строка списка"
        verbose_name_plural = "занятые строки списков"

    def __str__(self) -> str:
        return f"{self.member_id} – {self.request_id}"


class ListGround(models.Model):
    """On what ground the school keeps lists of names, and until when the wave of invitations lasts.

    Without this row lists are off: nothing can be uploaded and nothing is compared.
    """

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="list_ground")
    document = models.CharField("документ", max_length=200, help_text="Например: поручение об обработке данных.")
    number = models.CharField("номер", max_length=60)
    dated_on = models.DateField("дата документа")
    wave_ends_on = models.DateField("волна приглашений до")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("записано", default=timezone.now)

    class Meta:
        verbose_name = "основание для списков"
        verbose_name_plural = "основания для списков"

    def __str__(self) -> str:
        return f"{self.document} № {self.number} от {self.dated_on:%d.%m.%Y}"


class ListDraft(models.Model):
    """An uploaded list between its preview and the confirmation; erased with the confirmation or after a day."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField("загружен", default=timezone.now)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, null=True, related_name="+")
    role = models.CharField("роль", max_length=20, choices=Role)
    lines = models.JSONField("строки", default=list)

    class Meta:
        verbose_name = "загруженный список"
        verbose_name_plural = "загруженные списки"

    def __str__(self) -> str:
        return f"загруженный список {self.pk}"
