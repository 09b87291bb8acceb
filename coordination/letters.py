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
from correspondence.models.letter import HIDDEN
from correspondence.reminding import reminder_thread
from foundation.letters import render_letter
from foundation.templatetags.portal import count
from foundation.working_days import overdue_start
from organizations.head_links import head_link
from organizations.journey import next_move
from organizations.models import Organization, Region
from organizations.statuses import AdministratorState, Step

if TYPE_CHECKING:
    from coordination.digests import Section, Week


def places_of(organization: Organization, region: Region, rung: Rung, days: int) -> dict[str, str]:
    """What stands in the places of a rung's text. A head who is to name somebody gets the link that lets him."""
    move = next_move(organization)
    page = organization.get_absolute_url()
    if rung == Rung.ADMINISTRATOR:
        page = reverse(move.url_name, args=[organization.pk])
    elif rung == Rung.HEAD:
        page = "/"  # the official mailbox signs nobody in
    since = organization.stands_since
    is_to_name = rung == Rung.HEAD and organization.step is None
    return {
        "организация": organization.name,
        "муниципалитет": organization.municipality.name if organization.municipality else "муниципалитет не указан",
        "шаг": f"{move.title[0].lower()}{move.title[1:]}",
        "дней": count(days, "рабочий день,рабочих дня,рабочих дней"),
        "дата": format_date(since, "j E Y") if since else "",
        "ссылка": f"[[{link_name(organization)}]]" if is_to_name else settings.PORTAL_URL + page,
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
    organization.step = None if rule.stage == Stage.NOBODY else rule.stage or Step.REGISTERED
    organization.step_since = organization.listed_on = overdue_start(organization.today, days - 1)
    is_asked_who = rule.stage == Stage.WHO
    organization.administrator_state = AdministratorState.UNKNOWN if is_asked_who else AdministratorState.CONFIRMED
    shown = fill(text, places_of(organization, region, rule.rung, days))
    return shown.replace(f"[[{link_name(organization)}]]", HIDDEN)


def link_name(organization: Organization) -> str:
    """One letter may speak of several organizations, each with a link of its own."""
    return f"appoint-{organization.pk}"


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
        links={link_name(each): head_link(each) for each in map(_of_head, matters) if each},
    )


def _of_head(matter: Matter) -> Organization | None:
    """The organization whose head is to name somebody; a coordinator's letter never holds that link."""
    return matter.organization if matter.rule.stage == Stage.NOBODY and matter.rule.rung == Rung.HEAD else None


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
