"""Campaigns: written over a filter, looked at with real letters, tried on oneself, scheduled, cancelled."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.audience import Sorting, audience, compose, reply_address, sort_out
from coordination.campaign_forms import CampaignForm, ScheduleForm, begins_now
from coordination.campaign_work import ring_after_commit
from coordination.desk import Desk
from coordination.models import Campaign
from coordination.models.saved_view import LONGEST_QUERY
from coordination.placeholders import PLACES
from coordination.views.saved_views import conditions
from correspondence.drafts import is_address
from correspondence.models import Letter
from foundation.templatetags.portal import count, day
from foundation.verbs import attempt
from organizations.models import Event, Region

PER_PAGE = 50
MOST_SHOWN = 5000
"""Organizations of one campaign: a look names each of them, and a larger one nobody reads."""
LETTERS_SHOWN = 3


def _region(request: SignedInRequest) -> Region:
    """Only whoever answers for a territory writes to it."""
    desk = Desk(request.user, request.path)
    if not desk.sees_territory or desk.region is None:
        raise Http404
    return desk.region


def _mine(request: SignedInRequest, pk: int) -> Campaign:
    rows = Campaign.objects.manageable_by(request.user).select_related("author", "region")
    return get_object_or_404(rows, pk=pk)


@require_GET
def campaigns(request: SignedInRequest) -> HttpResponse:
    _region(request)
    page = Paginator(Campaign.objects.manageable_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coordination/campaigns.html", {"page": page})


def write(request: SignedInRequest) -> HttpResponse:
    """A new one, to whom the address says: the filter of the list."""
    region, query = _region(request), conditions(request.GET)
    if len(query) > LONGEST_QUERY:  # cut short, it would lose a condition and reach more organizations
        messages.warning(request, "Условий слишком много. Уберите часть фильтров.")
        return redirect("coordination:campaigns")
    campaign = Campaign(author=request.user, region=region, query=query)
    form = CampaignForm(request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            Event.record("campaign.written", campaign, by=request.user, region=campaign.region)
        return redirect(campaign)
    return _form_page(request, form, "Новая рассылка", reverse("coordination:campaigns"))


def change(request: SignedInRequest, pk: int) -> HttpResponse:
    campaign = _mine(request, pk)
    if not campaign.is_draft:
        messages.warning(request, f"Изменить рассылку уже нельзя: {campaign.get_status_display()}.")
        return redirect(campaign)
    form = CampaignForm(request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: campaign.rewrite(by=request.user, **form.cleaned_data), "Рассылка изменена.")
        return redirect(campaign)
    return _form_page(request, form, "Изменить рассылку", campaign.get_absolute_url())


def _form_page(request: SignedInRequest, form: CampaignForm, heading: str, cancel_url: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "cancel_url": cancel_url,
        "campaign": form.instance,
        "places": [(name, words) for name, (words, _) in PLACES.items()],
        "number": audience(form.instance).count(),
    }
    return render(request, "coordination/campaign_form.html", context)


@require_GET
def campaign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before: who gets it, who does not and why, three of the letters. Afterwards: what came of each."""
    row = _mine(request, pk)
    if row.is_withdrawable:
        return _look(request, row, ScheduleForm(row.region.zone))
    return redirect("coordination:campaign-result", row.pk)


def _look(request: SignedInRequest, row: Campaign, form: ScheduleForm) -> HttpResponse:
    number = audience(row).count()
    sorting = _sorted(row) if number <= MOST_SHOWN else Sorting()
    context = {
        "campaign": row,
        "form": form,
        "number": number,
        "most": MOST_SHOWN,
        "reply_to": reply_address(row.author),
        "sorting": sorting,
        "letters": [(each, *compose(row, each)) for each in sorting.ready[:LETTERS_SHOWN]],
    }
    return render(request, "coordination/campaign.html", context)


def _sorted(row: Campaign) -> Sorting:
    return sort_out(row, audience(row).order_by("search_key", "pk"))


@require_POST
def test(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first of the real letters, to the author alone."""
    row = _mine(request, pk)
    to = request.user.own_email
    sample = _sorted(row).ready if 0 < audience(row).count() <= MOST_SHOWN else []
    if not is_address(to) or not sample:
        messages.warning(request, "Пробное письмо отправить некуда или не о ком: проверьте свою почту и условия.")
        return redirect(row)
    subject, text = compose(row, sample[0])
    with transaction.atomic():
        key = f"campaign-test:{row.pk}:{uuid4()}"
        Letter.objects.queue(dedupe_key=key, to=to, subject=f"Проба: {subject}", text=text)
        Event.record("campaign.tested", row, by=request.user, region=row.region)
    messages.success(request, f"Пробное письмо уйдёт на {to}.")
    return redirect(row)


@require_POST
def schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    form = ScheduleForm(row.region.zone, request.POST)
    if not form.is_valid():
        return _look(request, row, form)
    if not 0 < audience(row).count() <= MOST_SHOWN:
        messages.warning(request, f"Рассылка идёт в 1–{count(MOST_SHOWN)} организаций. Измените условия.")
        return redirect(row)

    def verb() -> str:
        with transaction.atomic():
            row.schedule(starts_at=form.starts_at, by=request.user)
            ring_after_commit()
        if begins_now(row.region.zone, form.starts_at):
            return "Рассылка началась."
        with timezone.override(row.region.zone):
            begins = f"{day(form.starts_at)} в {timezone.localtime(form.starts_at):%H:%M}"
        if form.cleaned_data["on"]:
            return f"Рассылка назначена: {begins}."
        return f"Сейчас нерабочее время. Письма уйдут {begins}."

    attempt(request, verb)
    return redirect(row)


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    attempt(request, lambda: row.cancel(by=request.user), "Рассылка отменена, ни одно письмо не уйдёт.")
    return redirect(row)


@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)

    def verb() -> str:
        return f"Рассылка остановлена. Не уйдёт {count(row.stop(by=request.user), 'письмо,письма,писем')}."

    attempt(request, verb)
    return redirect("coordination:campaign-result", pk=row.pk)
