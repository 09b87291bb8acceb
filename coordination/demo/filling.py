"""Fills an empty database with the example: Tomsk region, 241 invented organizations and five people to enter as."""

from datetime import datetime, time, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from coordination.demo.cast import Cast, enter_cast
from coordination.demo.dates import Calendar
from coordination.demo.help import tell_help
from coordination.demo.lively_school import LivelySchool
from coordination.demo.mail import Postman
from coordination.demo.mass import Mass
from coordination.demo.people import People
from coordination.demo.plan import Planner
from coordination.demo.stories import Stories
from correspondence.models import Letter, LetterStatus
from correspondence.statuses import ErrorKind
from guides.models import Training
from guides.starting import ensure_guides
from organizations.models import Municipality, Organization, Region
from organizations.regions import ensure_region
from organizations.statuses import Step

CODE = "70"
DISTRICT = "Верхнекетский район"
# What the region's own instruction publishes of the people of Sferum; nobody else here exists.
MANAGER = {
    "manager_name": "Собянин Владимир",
    "manager_phone": "+79250364405",
    "manager_email": "info@sferum.ru",
    "manager_telegram": "@vladimir_sobyanin",
}


class CannotFill(Exception):
    """In words for a person: why the example does not go into this database."""


def is_empty() -> bool:
    """Nobody has begun anything: no region and no person."""
    return not Region.objects.exists() and not User.objects.exists()


def has_demo() -> bool:
    """Anything of the example, also where its region was renamed or its organizations moved."""
    return any(model.objects.filter(is_demo=True).exists() for model in (Region, Organization, User))


@transaction.atomic
def fill() -> Region:
    """Dates are relative to today, everything else is the same at every filling. Raises CannotFill."""
    if settings.PORTAL_LIVE:
        raise CannotFill("Портал работает с настоящими письмами (PORTAL_LIVE=1): пример сюда нельзя.")
    if not is_empty():
        raise CannotFill("База не пуста: пример заполняет только новую базу, чтобы не смешаться с настоящими данными.")
    region = ensure_region(CODE)
    with timezone.override(region.zone):
        _fill(region)
    return region


def _fill(region: Region) -> None:
    people = People(Random(int(CODE)))  # noqa: S311 - the same example for everybody
    calendar = Calendar(region.zone)
    _describe(region, people)
    cast = enter_cast(region, Municipality.objects.get(region=region, name=DISTRICT))
    stories = _organizations(region, people, calendar, cast)
    told = Stories(cast, people, calendar)
    for story, organization in stories:
        if story == "marina":
            LivelySchool(organization, cast, people, calendar).tell()
        else:
            told.tell(story, organization)
    told.ask_who_answers()
    Postman(cast, calendar).bring()
    _settle_letters(calendar)
    ensure_guides(region)
    _trainings(region, calendar)
    tell_help(region, cast, calendar)


def _describe(region: Region, people: People) -> None:
    known = MANAGER | {
        "is_demo": True,
        "department_name": "Департамент образования Томской области",
        "department_phone": people.landline(),
    }
    for name, value in known.items():
        setattr(region, name, value)
    region.save()


def _organizations(region: Region, people: People, calendar: Calendar, cast: Cast) -> list[tuple[str, Organization]]:
    """Writes all of them; gives those whose story is still to be told."""
    mass = Mass(region, people, calendar, cast.vera)
    made = [(planned.story, mass.add(planned)) for planned in Planner(people.random, people).all()]
    mass.rows.save()
    return [(story, organization) for story, organization in made if story]


def _settle_letters(calendar: Calendar) -> None:
    """No letter of the example is ever due: the older ones have been sent, the newer ones show the trial mode."""
    open_letters = Letter.objects.filter(status=LetterStatus.QUEUED)
    bounced = open_letters.filter(dedupe_key__startswith="inquiry:").order_by("pk").last()
    if bounced is not None:
        Letter.objects.filter(pk=bounced.pk).update(
            status=LetterStatus.FAILED,
            error_kind=ErrorKind.PERMANENT,
            error_words="Сервер получателя отказал: такого почтового ящика нет.",
            finished_at=calendar.now,
            attempt=1,
        )
    old = open_letters.filter(created_at__lt=calendar.now - timedelta(days=3))
    for letter in old:
        letter.status, letter.attempt, letter.is_trial = LetterStatus.SENT, 1, False
        letter.sent_at = letter.finished_at = letter.created_at + timedelta(seconds=20)
    Letter.objects.bulk_update(old, ["status", "attempt", "is_trial", "sent_at", "finished_at"])
    open_letters.update(status=LetterStatus.KEPT, attempt=1, finished_at=calendar.now)


def _trainings(region: Region, calendar: Calendar) -> None:
    """Two to come and one whose recording the region's instruction names."""
    for days, title, steps, recording in (
        (6, "Первый вход и классы: вопросы администраторов", [Step.SIGNED_IN, Step.CLASSES], ""),
        (20, "Ссылки-приглашения и проверка заявок", [Step.INVITED], ""),
        (-15, "Регистрация школы в Сферуме", [Step.REQUESTED], "https://sferum.ru/?broadcast=-211859585_456239089"),
    ):
        day = calendar.today + timedelta(days=days)
        Training.objects.create(
            region=region,
            title=title,
            description="" if recording else "Разберём по шагам и ответим на вопросы.",
            starts_at=datetime.combine(day, time(15), region.zone),
            minutes=60,
            join_url="" if recording else region.sferum_url,
            recording_url=recording,
            steps=steps,
        )
