"""Who a campaign goes to: a filter over its author's territory, and of each whether a letter can and should go."""

from collections import Counter
from dataclasses import dataclass, field

from django.http import QueryDict

from accounts.models import User
from coordination.filters import OrganizationFilter
from coordination.models import Campaign, Snooze
from coordination.placeholders import fill
from coordination.statuses import CampaignSkip
from correspondence.drafts import Draft, is_address
from organizations.letters import queue_key
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Step

LONGEST_SUBJECT = 250


def audience(campaign: Campaign) -> OrganizationQuerySet:
    """As the author sees it at this moment."""
    found = OrganizationFilter(QueryDict(campaign.query), campaign.author).actionable
    return territory_of(campaign.author).filter(pk__in=found.order_by().values("pk"))


def territory_of(author: User) -> OrganizationQuerySet:
    """Who has lost the territory, or may not sign in, writes to nobody."""
    return Organization.objects.supervised_by(author) if author.is_active else Organization.objects.none()


@dataclass
class Sorting:
    ready: list[Organization] = field(default_factory=list)
    skipped: list[tuple[Organization, CampaignSkip]] = field(default_factory=list)

    @property
    def groups(self) -> list[tuple[CampaignSkip, list[Organization]]]:
        groups = [(reason, [row for row, why in self.skipped if why == reason]) for reason in CampaignSkip]
        return [(reason, rows) for reason, rows in groups if rows]

    @property
    def shared(self) -> list[tuple[str, list[Organization]]]:
        """Mailboxes to which more than one of the letters goes, each about another organization."""
        times = Counter(address_of(row) for row in self.ready)
        many = sorted(address for address, number in times.items() if number > 1)
        return [(address, [row for row in self.ready if address_of(row) == address]) for address in many]


def sort_out(campaign: Campaign, rows: OrganizationQuerySet) -> Sorting:
    """Four statements, however many rows there are."""
    found = rows.select_related("municipality").with_administrators()
    mine = set(territory_of(campaign.author).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    snoozed = set(Snooze.objects.active().filter(organization__in=found).values_list("organization", flat=True))
    sorting = Sorting()
    for row in found:
        if row.pk not in mine:
            sorting.skipped.append((row, CampaignSkip.FOREIGN))
        elif row.pk in snoozed:
            sorting.skipped.append((row, CampaignSkip.SNOOZED))
        elif reason := skip_of(campaign, row):
            sorting.skipped.append((row, reason))
        else:
            sorting.ready.append(row)
    return sorting


def skip_of(campaign: Campaign, row: Organization) -> CampaignSkip | None:
    if row.is_closed:
        return CampaignSkip.CLOSED
    if row.step == Step.MIGRATED and not campaign.includes_done:
        return CampaignSkip.DONE
    if not (address := address_of(row)):
        return CampaignSkip.MAIL
    return None if is_address(address) else CampaignSkip.ADDRESS


def address_of(row: Organization) -> str:
    return next(iter(row.contact_emails()), "").lower()


def letter_key(campaign: Campaign, organization: object) -> str:
    return f"campaign:{campaign.pk}:{organization}"


def draft_for(campaign: Campaign, row: Organization) -> Draft:
    """The one letter of this campaign to this organization, whoever composes it and however often."""
    subject, text = compose(campaign, row)
    return Draft(
        dedupe_key=letter_key(campaign, row.pk),
        to=address_of(row),
        subject=subject,
        text=text,
        queue=queue_key(row),
        reply_to=reply_address(campaign.author),
    )


def reply_address(author: User) -> str:
    """Empty where the author's mailbox is none that answers could go to: nobody's letter waits for that."""
    return author.own_email if is_address(author.own_email) else ""


def compose(campaign: Campaign, row: Organization) -> tuple[str, str]:
    """(subject, text); who wrote it and where to check it stands under every letter."""
    region = row.region
    subject = " ".join(fill(campaign.subject, row, by=campaign.author).split())[:LONGEST_SUBJECT]
    signed = [campaign.author.full_name, region.department_name or region.name]
    check = f"Проверить это письмо можно по городскому телефону {region.department_phone}."
    foot = "\n".join(filter(None, [*signed, check if region.department_phone else ""]))
    return subject, f"{fill(campaign.text, row, by=campaign.author).strip()}\n\n{foot}\n"
