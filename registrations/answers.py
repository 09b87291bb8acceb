"""Claims the letters that were read below and leads each to its case, or to those who sort by hand."""

from django.db import IntegrityError, transaction

from accounts.models import User
from correspondence.models import IncomingKind, IncomingLetter, IncomingStatus
from organizations.models import Organization, Region
from registrations.letters import report_answer
from registrations.matching import candidates, sure_case
from registrations.models import Case, CaseLetter, InboxLetter
from registrations.statuses import SortedBy

BATCH = 200  # letters in one run; the next run of the schedule goes on
FOLLOWERS = 50  # unsorted letters of the same sender that are looked at again when one of them has found its case


def claim_answers() -> int:
    """Letters without a verdict, oldest first; returns how many were claimed. Safe to run at any time, anywhere."""
    unclaimed = IncomingLetter.objects.filter(status=IncomingStatus.READ).exclude(
        pk__in=InboxLetter.objects.values("incoming")
    )
    return sum(claim(incoming) for incoming in unclaimed.select_related("about").order_by("pk")[:BATCH])


def claim(incoming: IncomingLetter) -> bool:
    """Writes the one row that says what became of the letter. False: another process was first."""
    try:
        with transaction.atomic():
            inbox = InboxLetter.objects.create(incoming=incoming, region=region_of(incoming))
            sort(inbox)
    except IntegrityError:
        return False
    return True


def sort(inbox: InboxLetter) -> CaseLetter | None:
    """To its case where the signs are sure. What no person wrote is nobody's work: beside its case, or aside."""
    incoming = inbox.incoming
    found = sure_case(incoming) if incoming.kind in (IncomingKind.PERSONAL, IncomingKind.AUTOMATIC) else None
    if found:
        letter = inbox.attach(found.case, how=found.how)
        report_answer(letter)
        return letter
    if incoming.kind != IncomingKind.PERSONAL or incoming.is_about_applicant:
        inbox.set_aside(how=SortedBy.KIND)
    return None


@transaction.atomic
def attach_with_thread(inbox: InboxLetter, case: Case, *, by: User) -> int:
    """By hand, and with it whatever else of the same correspondence waits; returns how many letters in all."""
    report_answer(inbox.attach(case, by=by))
    others = InboxLetter.objects.waiting().filter(region=inbox.region, incoming__sender=inbox.incoming.sender)
    followers = others.select_related("incoming__about").order_by("pk")[:FOLLOWERS]
    return 1 + sum(sort(other) is not None for other in followers)


def region_of(incoming: IncomingLetter) -> Region | None:
    """Whose coordinators sort the letter: the one region of the portal, or the one that all its signs point to."""
    regions = list(Region.objects.all()[:2])
    if len(regions) == 1:
        return regions[0]
    if found := sure_case(incoming):
        return found.case.organization.region
    signs = {one.organization.region_id for one in candidates(incoming, Organization.objects.all())}
    return Region.objects.get(pk=signs.pop()) if len(signs) == 1 else None
