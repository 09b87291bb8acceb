"""To which case a letter that came in belongs: sure signs attach it, weaker ones are suggested and need a click."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from rapidfuzz import fuzz

from correspondence.models import IncomingLetter, Letter
from foundation.folding import fold
from foundation.phones import parse_phones
from organizations.models import Appointment, Organization
from organizations.models.appointment_set import AppointmentQuerySet
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentStatus
from registrations.models import Case, CaseLetter, HandoverRequest, HelpRequest, RegistrationRequest
from registrations.statuses import Purpose, SortedBy

CASES: tuple[type[RegistrationRequest | HandoverRequest | HelpRequest], ...] = (
    RegistrationRequest,
    HandoverRequest,
    HelpRequest,
)
_DASH = r"\s*[-‐‑–—]\s*"
_NUMBER = re.compile(rf"\b({'|'.join(case.PREFIX for case in CASES)}){_DASH}(\d{{4}}){_DASH}(\d{{6}})\b", re.I)
_INN = re.compile(r"\b\d{10}\b")
READ_WITHIN = 5_000  # characters: whoever writes more about one school says its name before that
LIKE_ENOUGH = 85
MOST_CANDIDATES = 5
MOST_NUMBERS = 10  # of cases that one letter names; each is a statement
MOST_COMPARED = 3_000  # names; a territory with more open cases is searched by hand
# What every second school has in its name says nothing about which one it is.
_COMMON = frozenset(
    [
        *("муниципальное", "государственное", "бюджетное", "казенное", "автономное", "учреждение", "организация"),
        *("общеобразовательное", "образовательное", "дошкольное", "профессиональное", "общеобразовательная"),
        *("средняя", "основная", "начальная", "школа", "сош", "оош", "детский", "сад", "дс", "лицей", "гимназия"),
        *("мбоу", "мкоу", "маоу", "гбоу", "мбдоу", "мадоу", "имени", "им", "города", "района", "с", "п", "г", "и"),
    ]
)


@dataclass(frozen=True)
class Found:
    """The case of a letter, and by which sign."""

    case: Case
    how: SortedBy


@dataclass
class Candidate:
    """An organization that a letter may speak of, why, and its cases, those that wait for an answer first."""

    organization: Organization
    score: int = 0
    reasons: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def add(self, score: int, reason: str) -> None:
        self.score += score
        self.reasons.append(reason)


def sure_case(incoming: IncomingLetter) -> Found | None:
    """By the thread, else by the number in the subject. Both were written by us and came back."""
    if case := _of_thread(incoming):
        return Found(case, SortedBy.THREAD)
    if case := next(_numbered(incoming.subject), None):
        return Found(case, SortedBy.NUMBER)
    return None


def _of_thread(incoming: IncomingLetter) -> Case | None:
    """The case of the nearest letter that this one names, ours or one that came in before."""
    named = incoming.references
    ours = list(Letter.objects.filter(message_id__in=named).values_list("pk", flat=True))
    theirs = list(IncomingLetter.objects.filter(message_id__in=named).values_list("pk", flat=True))
    letters = CaseLetter.objects.exclude(purpose=Purpose.NOMINATION).select_related(
        "letter", "incoming", *(case.kind for case in CASES), "organization__region"
    )
    # Keys and no joins: over 100,000 letters these are three looks into an index, a joined OR reads them all.
    known = {
        message_id: letter
        for letter in letters.filter(Q(letter__in=[*ours, incoming.about_id]) | Q(incoming__in=theirs))
        for message_id in ((letter.letter or letter.incoming).message_id,)  # type: ignore[union-attr]
    }
    nearest = next((known[one] for one in named if one in known), None) or next(iter(known.values()), None)
    return nearest.case if nearest else None


def _numbered(text: str) -> Iterator[Case]:
    for prefix, year, number in _NUMBER.findall(text)[:MOST_NUMBERS]:
        (model,) = [case for case in CASES if prefix.upper() == case.PREFIX]
        cases = model.objects.filter(number=f"{prefix.upper()}-{year}-{number}")
        yield from cases.select_related("organization__region")


def candidates(incoming: IncomingLetter, organizations: OrganizationQuerySet) -> list[Candidate]:
    """Organizations of these that the letter may speak of, likeliest first. A bounded number of statements."""
    found: dict[int, Candidate] = {}
    text = f"{incoming.subject}\n{incoming.text}\n{incoming.quoted}"[:READ_WITHIN]

    def note(organization: Organization, score: int, reason: str) -> None:
        found.setdefault(organization.pk, Candidate(organization)).add(score, reason)

    for case in _numbered(text):
        note(case.organization, 100, f"в письме назван номер {case.number}")
    for organization, score, reason in (*_by_numbers(text, organizations), *_by_sender(incoming, organizations)):
        note(organization, score, reason)
    for organization, alike in _by_name(text, organizations):
        note(organization, alike // 2, "в письме похожее название")
    mine = set(organizations.filter(pk__in=found).values_list("pk", flat=True))
    best = sorted((one for pk, one in found.items() if pk in mine), key=lambda one: -one.score)[:MOST_CANDIDATES]
    _add_cases(best)
    return best


def _by_numbers(text: str, organizations: OrganizationQuerySet) -> Iterator[tuple[Organization, int, str]]:
    if inns := set(_INN.findall(text)):
        for organization in organizations.filter(inn__in=inns)[:MOST_CANDIDATES]:
            yield organization, 80, f"назван ИНН {organization.inn}"
    if phones := [str(phone) for phone in parse_phones(text)][:20]:
        for organization in organizations.filter(registered_phone__in=phones)[:MOST_CANDIDATES]:
            yield organization, 70, "назван номер, на который зарегистрирована организация"
        for one in _appointments(organizations).filter(phone__in=phones)[:MOST_CANDIDATES]:
            yield one.organization, 70, f"назван телефон администратора: {one.full_name}"


def _by_sender(
    incoming: IncomingLetter, organizations: OrganizationQuerySet
) -> Iterator[tuple[Organization, int, str]]:
    about = incoming.about.queue if incoming.about else ""
    if about.startswith("organization:"):
        for organization in organizations.filter(pk=int(about.partition(":")[2])):
            yield organization, 90, "ответ на письмо портала этой организации"
    if incoming.sender:
        for organization in organizations.filter(email__iexact=incoming.sender)[:MOST_CANDIDATES]:
            yield organization, 60, "пришло с официальной почты организации"
        for one in _appointments(organizations).filter(email__iexact=incoming.sender)[:MOST_CANDIDATES]:
            yield one.organization, 60, f"пришло с почты администратора: {one.full_name}"


def _appointments(organizations: OrganizationQuerySet) -> AppointmentQuerySet:
    acting = Appointment.objects.filter(status=AppointmentStatus.ACTING, organization__in=organizations)
    return acting.select_related("organization")


def _by_name(text: str, organizations: OrganizationQuerySet) -> Iterator[tuple[Organization, int]]:
    """Organizations with an open case whose name stands in the text, spelled a little differently perhaps.

    The numbers of a name («Школа № 5») must be there as they are: a letter about № 15 is about another school.
    """
    words = fold(re.sub(r"[^\w\s-]", " ", text))
    spoken = set(words.split())
    for organization in organizations.filter(_with_open_case())[:MOST_COMPARED]:
        telling = [word for word in _words(organization.name) if word not in _COMMON]
        if not telling or not {word for word in telling if word.isdigit()} <= spoken:
            continue
        alike = fuzz.token_set_ratio(" ".join(telling), words)
        if alike >= LIKE_ENOUGH and (len(telling) > 1 or telling[0].isdigit() or len(telling[0]) > 4):
            yield organization, int(alike) - (20 if all(word.isdigit() for word in telling) else 0)


def _words(name: str) -> list[str]:
    return fold(re.sub(r"[^\w\s-]", " ", name)).split()


def _with_open_case() -> Q:
    found = Q()
    for case in CASES:
        found |= Q(pk__in=case.objects.open().order_by().values("organization"))
    return found


def _add_cases(best: list[Candidate]) -> None:
    by_organization = defaultdict(list)
    for model in CASES:
        cases = model.objects.filter(organization__in=[one.organization for one in best])
        for case in cases.select_related("organization__region"):
            by_organization[case.organization_id].append(case)
    for one in best:
        cases_of = by_organization[one.organization.pk]
        one.cases = sorted(cases_of, key=lambda case: (not case.is_awaiting, not case.is_open, -case.pk))
