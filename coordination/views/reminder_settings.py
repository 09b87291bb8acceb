"""How the region reminds: limits and holidays, and each rung with its days and words."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.ladder import RungRule, ladder_of
from coordination.letters import example
from coordination.models import ReminderSettings, RungSetting
from coordination.reminder_forms import ReminderSettingsForm, RungForm
from coordination.rung_texts import PLACES
from coordination.statuses import Rung, Stage
from coordination.views.reminders import managed_region
from organizations.models import Event, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Step

EXAMPLES = 20


def settings(request: SignedInRequest) -> HttpResponse:
    region = managed_region(request)
    form = ReminderSettingsForm(
        request.POST or None,
        instance=ReminderSettings.objects.of(region),
        initial={"reminders_a_week": region.reminders_a_week},
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance = ReminderSettings.objects.kept(region)
            row = ReminderSettings.objects.filter(pk=form.instance.pk)
            row.update(**{name: form.cleaned_data[name] for name in form.Meta.fields})
            Region.objects.filter(pk=region.pk).update(reminders_a_week=form.cleaned_data["reminders_a_week"])
            Event.record("reminders.changed", form.instance, by=request.user, region=region, fields=form.changed_data)
        messages.success(request, "Настройки напоминаний сохранены.")
        return redirect("coordination:reminders")
    context = {
        "heading": "Когда напоминать",
        "form": form,
        "cancel_url": reverse("coordination:reminders"),
        "keep": "reminder-settings",
    }
    return render(request, "coordination/reminder_settings.html", context)


@require_GET
def ladder(request: SignedInRequest) -> HttpResponse:
    """Every rung of every stage, in the order of the road."""
    stages = ladder_of(managed_region(request))
    rows = [(stage, list(stages[stage].values())) for stage in stages]
    return render(request, "coordination/ladder.html", {"stages": rows})


def rung(request: SignedInRequest, stage: int, rung: str) -> HttpResponse:
    """The form of one rung; «Показать» shows the text on a real organization and saves nothing."""
    region = managed_region(request)
    rule = _rule(region, stage, rung)
    examples = _examples(region, rule.stage)
    form = RungForm(rule, examples, request.POST or None)
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and "preview" not in request.POST:
        _keep(region, rule, form, request)
        messages.success(request, "Ступень сохранена.")
        return redirect("coordination:ladder")
    shown = (form.cleaned_data.get("example") if is_valid else None) or examples.first()
    text = form.cleaned_data["text"] if is_valid else "" if form.is_bound else rule.text
    days = form.cleaned_data["after_days"] if is_valid else rule.after_days
    context = {
        "rule": rule,
        "heading": f"{rule.stage.label}: {rule.rung.label}",
        "form": form,
        "example": shown,
        "preview": example(text, shown, rule, days) if shown and text else "",
        "places": PLACES.items(),
    }
    return render(request, "coordination/rung.html", context)


@require_POST
def original(request: SignedInRequest, stage: int, rung: str) -> HttpResponse:
    """«Вернуть исходный текст»: days and the switch stay as they are."""
    region = managed_region(request)
    rule = _rule(region, stage, rung)
    with transaction.atomic():
        rows = RungSetting.objects.filter(region=region, stage=rule.stage, rung=rule.rung)
        for row in rows.exclude(text=""):
            rows.update(text="")
            Event.record("rung.changed", row, by=request.user, region=region, fields=["text"])
    messages.success(request, "Исходный текст возвращён.")
    return redirect("coordination:rung", stage=stage, rung=rung)


def _rule(region: Region, stage: int, rung: str) -> RungRule:
    stages: dict[Any, Any] = ladder_of(region)
    rule: RungRule | None = stages.get(stage, {}).get(rung)
    if rule is None:
        raise Http404
    return rule


def _examples(region: Region, stage: Stage) -> OrganizationQuerySet:
    """A few organizations of the region, first those that stand on the stage."""
    rows = Organization.objects.listed().filter(region=region).select_related("municipality", "region")
    there = Q(step=None) if stage == Stage.NOBODY else Q(step=stage or Step.REGISTERED)
    is_there = Case(When(there, then=0), default=1)
    rows = rows.order_by(is_there, F("step").desc(nulls_last=True), "search_key", "pk")
    return rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:EXAMPLES]))


def _keep(region: Region, rule: RungRule, form: RungForm, request: SignedInRequest) -> None:
    data = form.cleaned_data
    changes = {
        "is_on": data["is_on"],
        "after_days": data["after_days"],
        # A text that is the built-in one stays the built-in one, also when that is worded anew.
        "text": "" if data["text"] == rule.original else data["text"],
    }
    with transaction.atomic():
        row, _ = RungSetting.objects.update_or_create(
            region=region, stage=Stage(rule.stage), rung=Rung(rule.rung), defaults=changes
        )
        fields = [name for name in form.changed_data if name in changes]
        Event.record("rung.changed", row, by=request.user, region=region, fields=fields)
