"""What a closed organization has left undone, and to whom it falls."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from invitations.models import JoinRequest
from organizations.models import Organization
from registrations.models import HandoverRequest, HelpRequest, RegistrationRequest

KINDS = (
    (RegistrationRequest, "registrations:registration", "регистрация"),
    (HandoverRequest, "registrations:handover", "смена администратора"),
    (HelpRequest, "registrations:help", "вопрос в Сферум"),
)


@dataclass(frozen=True)
class Left:
    """One open matter and the page where it is finished; without an address, it is not this person's to see."""

    words: str
    url: str


def left_open(organization: Organization, *, is_own: bool = True) -> list[Left]:
    """Open cases one by one, and how many join requests wait. Four statements."""
    found = [
        Left(f"{words}: {case.number}, {case.get_status_display()}", reverse(url, args=[organization.pk]))
        for model, url, words in KINDS
        for case in model.objects.open().filter(organization=organization)
    ]
    pending = JoinRequest.objects.pending().filter(organization=organization).count()
    if pending:
        url = reverse("invitations:requests", args=[organization.pk]) if is_own else ""
        found.append(Left(f"заявки в классы ждут решения: {pending}", url))
    return found


@dataclass(frozen=True)
class Predecessor:
    organization: Organization
    open_matters: int


def predecessors_of(organization: Organization) -> list[Predecessor]:
    """Who went into this one, with the number of matters each has left. Constant statements."""
    gone = list(organization.predecessors.select_related("region").order_by("closed_on", "pk"))
    if not gone:
        return []
    open_matters = dict.fromkeys([row.pk for row in gone], 0)
    for rows in (*(model.objects.open() for model, _, _ in KINDS), JoinRequest.objects.pending()):
        counted = rows.filter(organization__in=gone).order_by().values_list("organization").annotate(Count("pk"))
        for pk, number in counted:
            open_matters[pk] += number
    return [Predecessor(row, open_matters[row.pk]) for row in gone]
