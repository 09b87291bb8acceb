"""On what ground a school keeps lists of names. Without it lists are off."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from invitations.statuses import DestructionGround
from organizations.models import Event, Organization
from organizations.models.school_class import academic_year_of

DOCUMENT = "Поручение на обработку персональных данных"
USUAL_DAYS = 30


def usual_wave_end(today: date) -> date:
    """Schools invite their classes in September; a wave that begins later lasts a month."""
    return max(date(academic_year_of(today), 9, 30), today + timedelta(days=USUAL_DAYS))


class ListGroundQuerySet(models.QuerySet["ListGround"]):
    def visible_to(self, user: User | AnonymousUser) -> "ListGroundQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ListGroundQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ListGroundQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def out_of_time(self) -> "ListGroundQuerySet":
        """The wave is over for so long that its names are to go."""
        return self.filter(wave_ends_on__lt=timezone.localdate() - timedelta(days=settings.EXPECTED_KEPT_DAYS))

    def require(self, organization: Organization) -> "ListGround":
        """Raises WrongStatus where nothing may be written into lists: no ground, or the wave is over."""
        ground = self.filter(organization=organization).first()
        if ground is None:
            raise WrongStatus("Списки выключены: сначала запишите, на каком основании школа их ведёт.")
        if ground.wave_ends_on < organization.today:
            raise WrongStatus("Волна приглашений закончилась. Укажите в основании, до какого дня длится новая.")
        return ground

    @transaction.atomic
    def record(
        self, organization: Organization, *, document: str, number: str, dated_on: date, wave_ends_on: date, by: User
    ) -> "ListGround":
        """Switches lists on; recorded again, it corrects the document or gives the wave another end."""
        organization.hold()
        facts = {"document": document, "number": number, "dated_on": dated_on, "wave_ends_on": wave_ends_on}
        ground, _ = self.update_or_create(
            organization=organization, defaults=facts | {"recorded_by": by, "recorded_at": timezone.now()}
        )
        Event.record("expected.ground-recorded", ground, organization, by=by, fields=facts)
        return ground


class ListGround(models.Model):
    """The school's own document, and until when the wave of invitations lasts."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="list_ground")
    document = models.CharField("документ", max_length=200, help_text="Например: поручение об обработке данных.")
    number = models.CharField("номер", max_length=60)
    dated_on = models.DateField("дата документа")
    wave_ends_on = models.DateField("волна приглашений до")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("записано", default=timezone.now)

    objects = ListGroundQuerySet.as_manager()

    class Meta:
        verbose_name = "основание для списков"
        verbose_name_plural = "основания для списков"

    def __str__(self) -> str:
        return f"{self.document} № {self.number} от {self.dated_on:%d.%m.%Y}"

    @property
    def kept_until(self) -> date:
        """The last day of the names."""
        return self.wave_ends_on + timedelta(days=settings.EXPECTED_KEPT_DAYS)

    @transaction.atomic
    def remove(self, *, by: User) -> int:
        """Switches lists off: every name goes at once; how many."""
        self.organization.hold()
        if not ListGround.objects.filter(pk=self.pk).delete()[0]:
            raise WrongStatus("Списки уже выключены.")
        Event.record("expected.ground-removed", self, self.organization, by=by)
        self.organization.list_drafts.all().delete()
        return self.organization.expected.all().erase(self.organization, DestructionGround.SCHOOL, by=by)
