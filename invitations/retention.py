"""What time closes and erases: requests nobody decided, personal data and lists of names whose term is over."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.statuses import OPEN as LETTER_OPEN
from invitations.letters import thread_of
from invitations.models import ApplicantBlock, Destruction, ExpectedMember, JoinRequest, ListGround, Rollover
from invitations.models.decisions import purge_day
from invitations.statuses import FINAL, KEPT_DAYS, DestructionGround, RequestStatus
from organizations.models import Event, Organization
from organizations.models.school_class import academic_year_of

GRACE_DAYS = 14
BATCH = 1000
BLOCK_KEPT_DAYS = 90  # after it ended: whoever complains may be answered


def expire_requests() -> int:
    """Closes requests that still wait two weeks after their link ended; how many.

    Not those that came back to review within these weeks, corrected by the applicant or reopened by the school, nor
    those that the school put off, until two weeks after their day; none longer than its data may be kept.
    """
    last_day = timezone.localdate() - timedelta(days=GRACE_DAYS)
    settled = Q(purge_after__lt=purge_day(KEPT_DAYS[RequestStatus.PENDING] - GRACE_DAYS))  # counted from the return
    put_off = Q(postponed_until__gt=last_day)
    overdue = Q(settled, ~put_off, invitation__expires_on__lt=last_day) | Q(purge_after__lt=timezone.localdate())
    expired = 0
    while batch := list(JoinRequest.objects.pending().filter(overdue).values_list("pk", flat=True)[:BATCH]):
        expired += _expire(batch)
    return expired


@transaction.atomic
def _expire(keys: list[int]) -> int:
    now = timezone.now()
    JoinRequest.objects.pending().filter(pk__in=keys).update(
        status=RequestStatus.EXPIRED, decided_at=now, purge_after=purge_day(KEPT_DAYS[RequestStatus.EXPIRED])
    )
    won = JoinRequest.objects.filter(pk__in=keys, status=RequestStatus.EXPIRED, decided_at=now)
    rows = list(won.select_related("organization"))
    Event.objects.bulk_create(Event.draft("request.expired", row, row.organization) for row in rows)
    return len(rows)


def purge_due() -> int:
    """Erases names and contacts whose term is over; how many requests. Each school gets its record of destruction."""
    due = JoinRequest.objects.filter(purged_at=None, purge_after__lt=timezone.localdate(), status__in=FINAL)
    purged = 0
    for organization in Organization.objects.filter(pk__in=due.values("organization")):
        here = due.filter(organization=organization)
        for ground, rows in (
            (DestructionGround.WITHDRAWN, here.exclude(consent_withdrawn_at=None)),
            (DestructionGround.TERM, here.filter(consent_withdrawn_at=None)),
        ):
            while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
                purged += _purge(organization, keys, ground)
    return purged


@transaction.atomic
def _purge(organization: Organization, keys: list[int], ground: DestructionGround) -> int:
    rows = JoinRequest.objects.filter(pk__in=keys, purged_at=None)
    facts = rows.aggregate(count=Count("pk"), first=Min("created_at"), last=Max("created_at"))
    if not facts["count"]:
        return 0
    now = timezone.now()
    rows.update(full_name="", applicant_name="", phone="", email="", note="", reason_text="", purged_at=now)
    forget_letters(keys)
    record = Destruction.objects.create(
        organization=organization,
        ground=ground,
        count=facts["count"],
        filed_from=timezone.localdate(facts["first"]),
        filed_until=timezone.localdate(facts["last"]),
        at=now,
    )
    Event.record("requests.purged", record, organization)
    return record.count


def forget_letters(keys: list[int]) -> None:
    """The applicant's address goes from the outbox, too; what has not left by now never will.

    Also of a letter that is being sent at this moment: nobody comes back to a request whose data are erased.
    """
    letters = Letter.objects.filter(thread__in=[thread_of(key) for key in keys])
    aborted = {"status": LetterStatus.ABORTED, "finished_at": timezone.now(), "lease_until": None}
    letters.filter(status__in=LETTER_OPEN).update(**aborted)
    letters.update(recipient="", text="", links={}, server_reply="")  # servers repeat the address


def purge_lists() -> int:
    """Erases expected names some days after their wave, and those of classes that are no more; how many.

    A class that its school may still take back from the archive keeps its names until then: nothing else brings them.
    """
    out_of_time = ExpectedMember.objects.filter(organization__list_ground__in=ListGround.objects.out_of_time())
    past = Q(school_class__academic_year__lt=academic_year_of(timezone.localdate()))
    may_come_back = Q(school_class__batch__in=Rollover.objects.undoable().values("batch"))
    left = ExpectedMember.objects.filter(Q(~may_come_back, school_class__archived_at__isnull=False) | past)
    # Where no ground stands, no list should: such names are as good as out of time.
    groundless = ExpectedMember.objects.filter(organization__list_ground=None)
    erased = 0
    for ground, rows in (
        (DestructionGround.WAVE, out_of_time | groundless),
        (DestructionGround.ARCHIVED, left),
    ):
        for organization in Organization.objects.filter(pk__in=rows.values("organization")):
            erased += rows.erase(organization, ground)
    return erased


def forget_blocks() -> int:
    """Erases blocks of applicants that ended long ago, with the hashes of their names; how many.

    The consent document promises the term: the longest block and these days.
    """
    long_ago = timezone.now() - timedelta(days=BLOCK_KEPT_DAYS)
    over = Q(ends_on__lt=long_ago.date()) | Q(lifted_at__lt=long_ago)
    return ApplicantBlock.objects.filter(over).delete()[0]
