"""Claims the letters that were read below and leads each to its case, or to those who sort by hand."""

import logging

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from correspondence.models import IncomingKind, IncomingLetter, IncomingStatus
from foundation.verbs import WrongStatus
from organizations.models import Organization, Region
from registrations.letters import report_answer
from registrations.matching import candidates, sure_case
from registrations.models import Case, CaseLetter, InboxLetter
from registrations.statuses import SortedBy

logger = logging.getLogger(__name__)

BATCH = 200  # letters in one run; the next run of the schedule goes on
FOLLOWERS = 50  # unsorted letters of the same sender that are looked at again when one of them has found its case


def claim_answers() -> int:
    """Letters without a verdict, oldest first; returns how many were claimed. Safe to run at any time, anywhere."""
    claimed = InboxLetter.objects.filter(incoming=OuterRef("pk"))
    unclaimed = IncomingLetter.objects.filter(~Exists(claimed), status=IncomingStatus.READ)
    return sum(_claim_or_leave(incoming) for incoming in unclaimed.select_related("about").order_by("pk")[:BATCH])


def _claim_or_leave(incoming: IncomingLetter) -> bool:
    """A letter over which the portal stumbles waits for its staff and does not hold up its neighbours."""
    try:
        return claim(incoming)
    except OperationalError:
        raise  # the database's trouble and not the letter's: the next run goes on
    except Exception:
        logger.exception("Incoming letter %s cannot be sorted.", incoming.pk)
        return InboxLetter.objects.get_or_create(incoming=incoming)[1]


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
    """To its case where the signs are sure. What no person wrote is nobody's work: beside its case, or aside.

    What an applicant writes back stays aside, whatever its subject says: a case is read above the school too.
    """
    incoming = inbox.incoming
    is_answer = incoming.kind in (IncomingKind.PERSONAL, IncomingKind.AUTOMATIC) and not incoming.is_about_applicant
    found = sure_case(incoming) if is_answer else None
    if found:
        letter = inbox.attach(found.case, how=found.how)
        report_answer(letter)
        return letter
    if incoming.kind != IncomingKind.PERSONAL or incoming.is_about_applicant:
        inbox.set_aside(how=SortedBy.KIND)
    return None


@transaction.atomic
def attach_with_thread(inbox: InboxLetter, case: Case, *, by: User) -> int:
    """By hand, and with it whatever else of the same correspondence waits; returns how many letters in all.

    What a person took off a case is not led back to it.
    """
    report_answer(inbox.attach(case, by=by))
    others = InboxLetter.objects.untouched().filter(region=inbox.region, incoming__sender=inbox.incoming.sender)
    followers = others.select_related("incoming__about").order_by("pk")[:FOLLOWERS]
    return 1 + sum(_follows(other) for other in followers)


def _follows(inbox: InboxLetter) -> bool:
    try:
        with transaction.atomic():
            return sort(inbox) is not None
    except WrongStatus:
        return False  # somebody sorts it at this very moment


def region_of(incoming: IncomingLetter) -> Region | None:
    """Whose coordinators sort the letter: the one region of the portal, or the one that all its signs point to."""
    regions = list(Region.objects.all()[:2])
    if len(regions) == 1:
        return regions[0]
    if found := sure_case(incoming):
        return found.case.organization.region
    signs = {one.organization.region_id for one in candidates(incoming, Organization.objects.all())}
    return Region.objects.get(pk=signs.pop()) if len(signs) == 1 else None
