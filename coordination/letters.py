"""Letters of the ladder. Nobody's name or phone stands in them: official mailboxes are read by many."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.urls import reverse

from accounts.models import User
from coordination.ladder import RungRule
from coordination.reminder_plan import Matter
from coordination.rung_texts import fill
from coordination.statuses import Rung, Stage
from correspondence.models import Draft
from correspondence.reminding import reminder_thread
from foundation.letters import render_letter
from foundation.templatetags.portal import count
from foundation.working_days import overdue_start
from organizations.journey import next_move
from organizations.models import Organization, Region
from organizations.statuses import AdministratorState, Step

if TYPE_CHECKING:
    from coordination.digests import Section, Week


def places_of(organization: Organization, region: Region, rung: Rung, days: int) -> dict[str, str]:
    """What stands in the places of a rung's text."""
    move = next_move(organization)
    page = organization.get_absolute_url()
    if rung == Rung.ADMINISTRATOR:
        page = reverse(move.url_name, args=[organization.pk])
    elif rung == Rung.HEAD:
        page = "/"  # the official mailbox signs nobody in
    since = organization.step_since
    return {
        "организация": organization.name,
        "муниципалитет": organization.municipality.name if organization.municipality else "муниципалитет не указан",
        "шаг": f"{move.title[0].lower()}{move.title[1:]}",
        "дней": count(days, "рабочий день,рабочих дня,рабочих дней"),
        "дата": format_date(since, "j E Y") if since else "",
        "ссылка": settings.PORTAL_URL + page,
        "департамент": region.department_name,
        "телефон": region.department_phone,
    }


def words_of(matter: Matter, region: Region) -> str:
    organization = matter.organization
    organization.region = region  # the words of its kind ask nothing more of the database
    return fill(matter.rule.text, places_of(organization, region, matter.rule.rung, matter.days))


def example(text: str, organization: Organization, rule: RungRule, days: int) -> str:
    """As it will be read of an organization that has stood on that stage for so many days. Nothing is saved."""
    region = organization.region
    organization.step = rule.stage or Step.REGISTERED
    organization.step_since = overdue_start(organization.today, days - 1)
    is_asked_who = rule.stage == Stage.WHO
    organization.administrator_state = AdministratorState.UNKNOWN if is_asked_who else AdministratorState.CONFIRMED
    return fill(text, places_of(organization, region, rule.rung, days))


def reminder_key(region: Region, address: str, day: date) -> str:
    """One letter a day for one mailbox."""
    return f"reminder:{region.pk}:{day}:{address}"


def reminder(address: str, matters: Sequence[Matter], region: Region, day: date) -> Draft:
    """Everything that one person is reminded of that day. `address` in small letters."""
    first = matters[0].organization
    subject, text = render_letter(
        "coordination/letters/reminder.txt",
        {
            "number": len(matters),
            "first": first,
            "texts": [words_of(matter, region) for matter in matters],
            "region": region,
        },
    )
    organizations = {matter.organization.pk for matter in matters}
    key = reminder_key(region, address, day)
    return Draft(
        dedupe_key=key,
        to=matters[0].to.address,
        subject=subject[:500],
        text=text,
        # A letter about several organizations belongs to none: those of the one must not read of the other.
        queue=f"organization:{first.pk}" if len(organizations) == 1 and _is_at_school(matters) else "reminders",
        thread=reminder_thread(f"{region.pk}:{day}:{matters[0].to.person or first.pk}"),
    )


def _is_at_school(matters: Sequence[Matter]) -> bool:
    return all(matter.rule.rung in (Rung.ADMINISTRATOR, Rung.HEAD) for matter in matters)


def digest_key(region: Region, day: date, reader: User) -> str:
    return f"digest:{region.pk}:{day}:{reader.pk}"


def morning(reader: User, sections: "Sequence[Section]", region: Region, day: date) -> Draft:
    """The digest of one coordinator: counts with links, the first organizations by name."""
    subject, text = render_letter(
        "coordination/letters/morning.txt",
        {
            "sections": sections,
            "day": format_date(day, "j E"),
            "page": settings.PORTAL_URL + reverse("coordination:dashboard"),
            "off": settings.PORTAL_URL + reverse("coordination:reminders"),
            "portal": settings.PORTAL_URL,
        },
    )
    return Draft(
        dedupe_key=digest_key(region, day, reader),
        to=reader.own_email,
        subject=subject,
        text=text,
        queue="digests",
    )


def week(week: "Week", region: Region, day: date) -> Draft:
    """To the head of a municipality: figures of that municipality only."""
    subject, text = render_letter("coordination/letters/week.txt", {"week": week, "region": region})
    return Draft(
        dedupe_key=f"week:{week.municipality.pk}:{day:%G-%V}",
        to=week.municipality.head_email,
        subject=subject[:500],
        text=text,
        queue="digests",
    )
