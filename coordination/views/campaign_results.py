"""What came of a campaign: each organization with its letter, or why it got none; as a page and as a workbook."""

from io import BytesIO

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.models import Campaign, CampaignRecipient
from coordination.statuses import CampaignSkip
from correspondence.models import LetterStatus
from foundation.http import xlsx_response
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Event, Organization

PER_PAGE = 50
WAITING, STOPPED = "ещё не дошла очередь", "рассылка остановлена раньше"


@require_GET
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    campaign = _campaign(request, pk)
    if campaign.is_withdrawable:
        return redirect(campaign)
    recipients = _recipients(request, campaign)
    waiting = STOPPED if campaign.is_stopped else WAITING
    states = _states(recipients, waiting)
    is_queued = any(key == LetterStatus.QUEUED for key, *_ in states)
    chosen = request.GET.get("state", "")
    key = next((key for key, *_ in states if key == chosen), "")
    shown = recipients.filter(**_condition(key)) if key else recipients
    context = {
        "campaign": campaign,
        "states": states,
        "state": key,
        "waiting": waiting,
        "can_stop": campaign.is_under_way or (is_queued and not campaign.is_stopped),
        "total": sum(number for *_, number in states),
        "page": Paginator(shown.order_by("organization__search_key", "pk"), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "coordination/campaign_result.html", context)


@require_GET
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    campaign = _campaign(request, pk)
    columns = ["Муниципалитет", "Организация", "Кому", "Состояние", "Что ответил сервер", "Доставлено серверу"]
    rows = _recipients(request, campaign).order_by("organization__search_key", "pk")
    file = BytesIO()
    waiting = STOPPED if campaign.is_stopped else WAITING
    lines = (_cells(one, waiting) for one in rows.iterator())
    write_xlsx(file, [Sheet("Рассылка", columns, lines, widths=[28, 50, 30, 30, 40, 18])])
    Event.record("campaign.exported", campaign, by=request.user, region=campaign.region)
    return xlsx_response(file.getvalue(), f"rassylka-{campaign.pk}-{timezone.localdate():%Y-%m-%d}.xlsx")


def _campaign(request: SignedInRequest, pk: int) -> Campaign:
    rows = Campaign.objects.manageable_by(request.user).select_related("author", "region")
    return get_object_or_404(rows, pk=pk)


def _recipients(request: SignedInRequest, campaign: Campaign) -> "QuerySet[CampaignRecipient]":
    """Of the territory that the author has today: who lost a municipality does not look into it any more."""
    mine = Organization.objects.supervised_by(request.user)
    rows = CampaignRecipient.objects.filter(campaign=campaign, organization__in=mine)
    return rows.select_related("organization__municipality", "letter")


def _states(recipients: "QuerySet[CampaignRecipient]", waiting: str) -> list[tuple[str, str, int]]:
    """(key in the address, words, number) of each state in which somebody is. One statement."""
    groups = recipients.order_by().values_list("skipped", "letter__status").annotate(Count("pk"))
    found: dict[str, int] = {}
    for skipped, status, number in groups:
        key = skipped or status or "waiting"
        found[key] = found.get(key, 0) + number
    words = {**dict(LetterStatus.choices), "waiting": waiting, **dict(CampaignSkip.choices)}
    return [(key, label, found[key]) for key, label in words.items() if key in found]


def _condition(key: str) -> dict[str, object]:
    if key in CampaignSkip.values:
        return {"skipped": key}
    return {"skipped": "", "letter": None} if key == "waiting" else {"letter__status": key}


def _cells(one: CampaignRecipient, waiting: str) -> list[Cell]:
    letter, row = one.letter, one.organization
    place = [row.municipality.name if row.municipality else "", row.name]
    if letter is None:
        return [*place, "", one.get_skipped_display() or waiting, "", None]
    return [*place, letter.recipient, letter.status_words, letter.error_words, letter.sent_at]
