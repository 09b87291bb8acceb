"""The names a school expects in each class and role, and which of them are taken.

Seen by the school's own administrators only; nothing here is shown, counted or exported above the school.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from accounts.models import User
from foundation.templatetags.portal import count
from foundation.verbs import WrongStatus
from invitations.list_changes import ListChange, NameList, compare, remove_many
from invitations.models.destruction import Destruction
from invitations.models.list_ground import ListGround
from invitations.statuses import Destroyed, DestructionGround, Role
from organizations.models import Event, Organization, SchoolClass

NAME_FORMS = "имя,имени,имён"


class RemovalHeld(WrongStatus):
    """So many names would go that the person is asked first; nothing is written."""


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

    def with_taken(self) -> "ExpectedMemberQuerySet":
        return self.select_related("match")

    def compare(self, organization: Organization, lists: Iterable[NameList]) -> list[ListChange]:
        """What `save_lists` would do, without doing it: one statement, however many lists."""
        asked = {each.key: each for each in lists}
        standing: dict[tuple[int | None, str], list[ExpectedMember]] = defaultdict(list)
        for member in ExpectedMember.objects.filter(organization=organization).with_taken():
            standing[member.school_class_id, member.role].append(member)
        return [compare(each, standing[key]) for key, each in asked.items()]

    def save_list(
        self,
        organization: Organization,
        school_class: SchoolClass | None,
        role: str,
        names: Sequence[str],
        *,
        by: User,
        confirmed_removal: bool = False,
    ) -> ListChange:
        """The list becomes these names; see `save_lists`."""
        asked = NameList(school_class, role, names)
        return self.save_lists(organization, [asked], by=by, confirmed_removal=confirmed_removal)[0]

    @transaction.atomic
    def save_lists(
        self, organization: Organization, lists: Sequence[NameList], *, by: User, confirmed_removal: bool = False
    ) -> list[ListChange]:
        """Each list becomes the names given; lists that are not given stay. Names come cleaned by `person_name`.

        Lines that stay are the same rows, so a request that took one keeps it. Raises RemovalHeld, and WrongStatus
        where the school has no ground or a class is not its own.
        """
        organization.hold()
        ListGround.objects.require(organization)
        _check(organization, lists)
        changes = self.compare(organization, lists)
        if not confirmed_removal and remove_many(changes):
            number = sum(len(change.removed) for change in changes)
            raise RemovalHeld(f"Из списков уйдёт {count(number, NAME_FORMS)}. Подтвердите, что так и нужно.")
        gone = [member.pk for change in changes for member in change.removed]
        ExpectedMember.objects.filter(pk__in=gone).delete()
        respelled = [member for change in changes for member in change.respelled]
        ExpectedMember.objects.bulk_update(respelled, ["full_name"])
        added = ExpectedMember.objects.bulk_create(
            ExpectedMember(
                organization=organization,
                school_class=change.asked.school_class,
                role=change.asked.role,
                full_name=name,
                added_by=by,
            )
            for change in changes
            for name in change.added
        )
        if gone or respelled or added:
            figures = [f"lists:{len(lists)}", f"added:{len(added)}", f"removed:{len(gone)}"]
            Event.record("expected.list-saved", organization, organization, by=by, fields=figures)
        return changes

    @transaction.atomic
    def add_one(
        self, organization: Organization, school_class: SchoolClass | None, role: str, full_name: str, *, by: User
    ) -> "ExpectedMember":
        """One more line, also where the name stands already: namesakes are two lines."""
        organization.hold()
        ListGround.objects.require(organization)
        _check(organization, [NameList(school_class, role, [full_name])])
        added = self.create(
            organization=organization, school_class=school_class, role=role, full_name=full_name, added_by=by
        )
        Event.record("expected.list-saved", organization, organization, by=by, fields=["added:1"])
        return added

    @transaction.atomic
    def erase(self, organization: Organization, ground: DestructionGround, *, by: User | None = None) -> int:
        """Deletes these names of the organization and leaves the proof that they were; how many."""
        organization.hold()
        rows = self.filter(organization=organization)
        facts = rows.aggregate(count=Count("pk"), first=Min("added_at"), last=Max("added_at"))
        if not facts["count"]:
            return 0
        rows.delete()
        record = Destruction.objects.create(
            organization=organization,
            kind=Destroyed.LISTS,
            ground=ground,
            count=facts["count"],
            filed_from=timezone.localdate(facts["first"]),
            filed_until=timezone.localdate(facts["last"]),
        )
        Event.record("expected.purged", record, organization, by=by)
        return record.count


def _check(organization: Organization, lists: Iterable[NameList]) -> None:
    classes = {each.school_class.pk for each in lists if each.school_class}
    if any(each.school_class is None and each.role != Role.TEACHER for each in lists):
        raise WrongStatus("Без класса ведётся только список сотрудников.")
    own = SchoolClass.objects.filter(pk__in=classes, organization=organization, archived_at=None)
    if classes and own.count() != len(classes):
        raise WrongStatus("Один из классов уже в архиве: загрузите список заново.")


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

    @property
    def is_taken(self) -> bool:
        """Whether an accepted request holds this line; costs nothing on rows that came through `with_taken`."""
        return hasattr(self, "match")

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Also a line that is taken: the request stays accepted."""
        self.organization.hold()
        if not ExpectedMember.objects.filter(pk=self.pk).delete()[0]:
            raise WrongStatus("Этого имени в списке уже нет.")
        Event.record("expected.list-saved", self.organization, self.organization, by=by, fields=["removed:1"])


class ListMatch(models.Model):
    """A line of a list is taken by an accepted request. Unique on both sides: no line is ever spent twice."""

    member = models.OneToOneField(ExpectedMember, models.CASCADE, related_name="match")
    request = models.OneToOneField("invitations.JoinRequest", models.CASCADE, related_name="match")

    class Meta:
        verbose_name = "занятая строка списка"
        verbose_name_plural = "занятые строки списков"

    def __str__(self) -> str:
        return f"{self.member_id} – {self.request_id}"
