"""Of many organizations, whose letter about registration may go, and who gets none and why."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse

from correspondence.drafts import check_address
from organizations.models import Organization
from registrations.outgoing import gaps_of, reply_address
from registrations.statuses import RegistrationStatus, SkipReason

if TYPE_CHECKING:
    from registrations.models import RegistrationRequest

# Where the reason is looked into and mended.
_PAGES = {
    SkipReason.NOBODY: "organizations:appointments",
    SkipReason.REGISTERED: "coordination:organization",
    SkipReason.CLOSED: "coordination:organization",
}


@dataclass(frozen=True)
class Skip:
    organization: Organization
    reason: SkipReason
    words: str = ""
    """What exactly is missing; empty where the reason says it all."""

    @property
    def url(self) -> str:
        return reverse(_PAGES.get(self.reason, "registrations:registration"), args=[self.organization.pk])


@dataclass
class Sorting:
    ready: "list[RegistrationRequest]" = field(default_factory=list)
    """Open requests, and new ones that are not saved; each with its organization."""
    skipped: list[Skip] = field(default_factory=list)

    def leave_out(self, keys: Container[int]) -> None:
        """Somebody looked at these letters and does not want them to go."""
        out = [one.organization for one in self.ready if one.organization_id in keys]
        self.ready = [one for one in self.ready if one.organization_id not in keys]
        self.skipped += [Skip(organization, SkipReason.LEFT_OUT) for organization in out]


def skip_of(organization: Organization, latest: "RegistrationRequest | None") -> Skip | None:
    """Why no letter goes now. `latest` is the last request: what Support refused is for a person to judge."""
    if reason := _known_already(organization, latest):
        return Skip(organization, reason)
    person = organization.administrator
    if person is None:
        return Skip(organization, SkipReason.NOBODY)
    if words := " ".join([gap.words for gap in gaps_of(organization)] + _wrong_addresses(organization)):
        return Skip(organization, SkipReason.GAPS, words)
    return Skip(organization, SkipReason.CONSENT) if person.agreed_at is None else None


def _known_already(organization: Organization, latest: "RegistrationRequest | None") -> SkipReason | None:
    if organization.is_closed:
        return SkipReason.CLOSED
    if organization.is_registered:
        return SkipReason.REGISTERED
    if latest is not None and latest.is_awaiting:
        return SkipReason.AWAITING
    return SkipReason.DECLINED if latest is not None and latest.status == RegistrationStatus.DECLINED else None


def _wrong_addresses(organization: Organization) -> list[str]:
    """One address that the post refuses would keep back the letters of all the others."""
    wrong = []
    for name, address in (
        ("Почта Поддержки Сферума", organization.region.support_email),
        ("Почта для ответа", reply_address(organization)),
    ):
        try:
            check_address(address or "none@example.org")
        except ValidationError:
            wrong.append(f"{name} записана с ошибкой: {address}.")
    return wrong


def by_reason(skipped: list[Skip]) -> list[tuple[SkipReason, list[Skip]]]:
    groups = [(reason, [skip for skip in skipped if skip.reason == reason]) for reason in SkipReason]
    return [(reason, some) for reason, some in groups if some]
