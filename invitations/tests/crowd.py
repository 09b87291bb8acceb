"""A thousand join requests of one school, as September brings them: most agree with the list, the rest need a look."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice, product
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from foundation.codes import new_code
from foundation.working_days import add_working_days
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListGround
from invitations.models.join_request import purge_day
from invitations.statuses import KEPT_DAYS, RequestStatus, Role
from organizations.models import Organization, SchoolClass

CLASSES, EXACT, NEAR, UNKNOWN, TEACHERS = 31, 912, 41, 39, 8
SURNAMES = ["Абрамов", "Беляев", "Воронин", "Громов", "Демидов", "Ершов", "Жуков", "Зимин", "Ильин", "Казаков"]
FIRST = ["Артём", "Борис", "Вадим", "Глеб", "Денис", "Егор", "Захар", "Иван", "Кирилл", "Лев", "Максим", "Никита"]
FATHERS = [
    "Антонович",
    "Борисович",
    "Викторович",
    "Геннадьевич",
    "Дмитриевич",
    "Егорович",
    "Ильич",
    "Львович",
    "Олегович",
]


def names() -> Iterator[str]:
    yield from (f"{surname} {first} {father}" for father, first, surname in product(FATHERS, FIRST, SURNAMES))


def fill(organization: Organization) -> None:
    """Nothing is asked of the verbs that file one request: this is about what comes after."""
    keep_lists(organization)
    year = timezone.localdate().year - (timezone.localdate().month < 8)
    classes = SchoolClass.objects.bulk_create(
        SchoolClass(
            organization=organization,
            academic_year=year,
            grade=1 + number % 11,
            section="КЛМН"[number // 11],
            key=f"{1 + number % 11}|{number}|crowd",
        )
        for number in range(CLASSES)
    )
    pupils = {row.pk: _link(row, Role.PUPIL) for row in classes}
    staff = _link(classes[0], Role.TEACHER)
    people = list(islice(names(), EXACT + NEAR + UNKNOWN))
    expected, requests, number = [], [], count()
    for place, name in enumerate(people):
        school_class = classes[place % CLASSES]
        if place < EXACT + NEAR:
            expected.append(
                ExpectedMember(organization=organization, school_class=school_class, role=Role.PUPIL, full_name=name)
            )
        typed = name if place < EXACT or place >= EXACT + NEAR else _with_a_slip(name)
        requests.append(_request(pupils[school_class.pk], typed, next(number)))
    requests += [_request(staff, name, next(number)) for name in list(names())[-TEACHERS:]]
    ExpectedMember.objects.bulk_create(expected)
    JoinRequest.objects.bulk_create(requests)


def keep_lists(organization: Organization) -> None:
    """Without a recorded ground nothing is compared."""
    recorder = User.objects.filter(appointments__organization=organization).first() or User.objects.create()
    today = timezone.localdate()
    facts = {"document": "поручение", "number": "12", "dated_on": today, "wave_ends_on": today + timedelta(days=90)}
    ListGround.objects.get_or_create(organization=organization, defaults=facts | {"recorded_by": recorder})


def _link(school_class: SchoolClass, role: Role) -> Invitation:
    ends = add_working_days(timezone.localdate(), 20)
    return Invitation.objects.create(school_class=school_class, role=role, code=new_code(), expires_on=ends, limit=2000)


def _with_a_slip(name: str) -> str:
    """A letter twice and no father's name: two differences, so a person has to look."""
    surname, first, _ = name.split()
    return f"{surname[:-1]}{surname[-2:]} {first}"


def _request(invitation: Invitation, name: str, number: int) -> JoinRequest:
    is_pupil = invitation.role == Role.PUPIL
    return JoinRequest(
        invitation=invitation,
        school_class=invitation.school_class,
        organization=invitation.school_class.organization,
        role=invitation.role,
        full_name=name,
        applicant_name=f"{name.split()[0]}а Ирина Львовна" if is_pupil else "",
        email=f"crowd{number}@example.ru",
        form_key=uuid4(),
        created_at=timezone.now() - timedelta(minutes=17 * number),
        consent_version="2026-11",
        purge_after=purge_day(KEPT_DAYS[RequestStatus.PENDING]),
    )
