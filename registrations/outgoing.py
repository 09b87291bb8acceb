"""A letter of a case as it will go, before anybody sends it: shown on the page, queued, or carried off by hand."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from correspondence.composing import WIRE
from foundation.folding import clean_text, person_name
from foundation.phones import is_mobile
from organizations.models import Organization


@dataclass(frozen=True)
class Gap:
    """A fact that is missing or malformed: in words, and where it is mended."""

    words: str
    url: str
    link: str


@dataclass(frozen=True)
class Outgoing:
    """`facts` is what the letter states of people and numbers; frozen beside the case once it has gone."""

    to: str
    reply_to: str
    subject: str
    text: str
    facts: dict[str, str] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @property
    def mailto(self) -> str:
        text = self.text.replace("\n", "\r\n")
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(self.subject)}&body={quote(text)}"

    @cached_property
    def eml(self) -> bytes:
        """A draft that mail programs open ready to be sent."""
        message = EmailMessage(policy=WIRE)
        message["To"], message["Subject"], message["X-Unsent"] = self.to, self.subject, "1"
        message.set_content(self.text)
        return message.as_bytes()


def reply_address(organization: Organization) -> str:
    """Where the answer goes: the portal's own case mailbox if it is read, else the administrator."""
    return settings.CASE_MAILBOX or next(iter(organization.contact_emails()), "")


def gaps_of(organization: Organization, *, needs_consent: bool = False) -> tuple[Gap, ...]:
    """What keeps the letter about registration from going: each of its four facts must be there and well formed."""
    gaps = []
    appointments = reverse("organizations:appointments", args=[organization.pk])
    person = organization.administrator
    if words := wrong_with_name(organization):
        gaps.append(Gap(words, organization.get_absolute_url(), "Карточка организации"))
    if person is None:
        return (*gaps, Gap("Администратор ещё не назначен.", appointments, "Назначить администратора"))
    if not is_full_name(person.full_name):
        gaps.append(Gap("Фамилия и имя администратора указаны не полностью.", appointments, "Исправить назначение"))
    if not person.phone:
        gaps.append(Gap("У администратора нет мобильного телефона.", appointments, "Исправить назначение"))
    elif not is_mobile(person.phone):
        gaps.append(
            Gap(
                "У администратора указан не мобильный телефон: на городской номер код входа не придёт.",
                appointments,
                "Исправить назначение",
            )
        )
    if needs_consent and person.agreed_at is None:
        gaps.append(
            Gap(
                "Администратор ещё не подтвердил, что его имя и номер уйдут в Сферум. Это делают лично, здесь же.",
                appointments,
                "Кто администратор",
            )
        )
    return tuple(gaps)


def wrong_with_name(organization: Organization) -> str:
    try:
        name = clean_text(organization.full_name)
    except ValidationError:
        return "В полном наименовании организации есть недопустимые знаки. Его исправит координатор."
    return "" if name else "Не указано полное наименование организации. Его внесёт координатор."


def is_full_name(name: str) -> bool:
    try:
        person_name(name)
    except ValidationError:
        return False
    return True
