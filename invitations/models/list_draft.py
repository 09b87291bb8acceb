"""An uploaded list between its preview and the confirmation."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from invitations.list_changes import ListChange, NameList
from invitations.models.expected import ExpectedMember
from invitations.models.list_ground import ListGround
from invitations.statuses import Role
from organizations.models import Organization, SchoolClass


class ListsChanged(Exception):
    """Between the preview and the confirmation somebody changed what the upload would do."""


class ListDraftQuerySet(models.QuerySet["ListDraft"]):
    def visible_to(self, user: User | AnonymousUser) -> "ListDraftQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ListDraftQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ListDraftQuerySet":
        """One's own uploads, for a day."""
        mine = Organization.objects.administered_by(user)
        return self.filter(made_by=user.pk, organization__in=mine, made_at__gt=timezone.now() - ListDraft.KEPT)

    @transaction.atomic
    def prepare(
        self,
        organization: Organization,
        lists: Sequence[NameList],
        *,
        by: User,
        refused: Iterable[dict[str, object]] = (),
        unread: Iterable[str] = (),
    ) -> "ListDraft":
        """Raises WrongStatus where the school has recorded no ground: not even a draft is kept then."""
        organization.hold()
        ListGround.objects.require(organization)
        lines = [{"class": each.key[0], "role": each.key[1], "names": list(each.names)} for each in lists]
        role = lists[0].role if lists else Role.PUPIL
        return self.create(
            organization=organization, made_by=by, role=role, lines=lines, refused=list(refused), unread=list(unread)
        )

    def purge(self) -> int:
        return self.filter(made_at__lte=timezone.now() - ListDraft.KEPT).delete()[0]


class ListDraft(models.Model):
    """Holds one list, or those of many classes; its names go with the confirmation, the person, or after a day."""

    KEPT: ClassVar[timedelta] = timedelta(hours=24)

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="list_drafts")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField("загружен", default=timezone.now)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, null=True, related_name="+")
    role = models.CharField("роль", max_length=20, choices=Role)
    lines = models.JSONField("списки", default=list)
    """For each list its class (null: staff), role and names."""
    refused = models.JSONField("не принятые строки", default=list)
    unread = models.JSONField("столбцы и листы, которые не читались", default=list)
    saved_at = models.DateTimeField("сохранён", null=True, editable=False)
    """From then on the row holds no names: it only tells a second click that the list is saved."""

    objects = ListDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "загруженный список"
        verbose_name_plural = "загруженные списки"

    def __str__(self) -> str:
        return f"загруженный список {self.pk}"

    def lists(self) -> list[NameList]:
        """In the order of the school's classes; staff last. Raises WrongStatus where a class is gone by now."""
        wanted = {line["class"] for line in self.lines if line["class"]}
        classes = {each.pk: each for each in SchoolClass.objects.filter(pk__in=wanted, organization=self.organization)}
        if wanted - classes.keys():
            raise WrongStatus("Одного из классов больше нет: загрузите список заново.")
        order = {key: number for number, key in enumerate(classes)} | {None: len(classes)}
        lines = sorted(self.lines, key=lambda line: order[line["class"]])
        return [NameList(classes.get(line["class"]), line["role"], line["names"]) for line in lines]

    def changes(self) -> list[ListChange]:
        return ExpectedMember.objects.compare(self.organization, self.lists())

    @transaction.atomic
    def confirm(self, *, fingerprint: str, confirmed_removal: bool, by: User) -> list[ListChange]:
        """Writes what the preview showed, all lists or none. Raises ListsChanged, RemovalHeld, WrongStatus."""
        self.organization.hold()
        lists = self.lists()
        open_draft = ListDraft.objects.filter(pk=self.pk, saved_at=None)
        if not open_draft.update(saved_at=timezone.now(), lines=[], refused=[], unread=[]):
            raise WrongStatus("Этот список уже сохранён.")
        if fingerprint_of(ExpectedMember.objects.compare(self.organization, lists)) != fingerprint:
            raise ListsChanged
        return ExpectedMember.objects.save_lists(self.organization, lists, by=by, confirmed_removal=confirmed_removal)


def fingerprint_of(changes: Iterable[ListChange]) -> str:
    """Differs as soon as confirming would do anything else than what was shown."""
    shown = [
        (each.asked.key, sorted(each.added), [member.pk for member in each.removed], len(each.same)) for each in changes
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()
