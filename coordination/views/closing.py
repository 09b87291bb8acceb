"""Closing an organization, with whoever takes its place, and taking that back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.requests import SignedInRequest
from coordination.finding import OneOrganizationForm
from coordination.inheritance import left_open
from foundation.fields import DayField, TextField
from foundation.templatetags.portal import day
from foundation.verbs import attempt
from organizations.models import Organization


class ClosingForm(OneOrganizationForm):
    closed_on = DayField(
        label="С какого дня закрыта",
        initial=timezone.localdate,
        help_text="Можно указать будущий день: до него всё остаётся как есть.",
    )
    reason = TextField(
        label="Почему",
        max_length=300,
        help_text="Например: присоединена к школе № 4, постановление от 12.05.2026 № 318. Видно только после входа.",
    )

    field_order = ["closed_on", "reason", "words", "found"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "Правопреемник"
        self.fields["words"].help_text = "Слова из названия или ИНН. Пусто – правопреемника нет."


def _supervised(request: SignedInRequest, pk: int) -> Organization:
    rows = Organization.objects.supervised_by(request.user).select_related("region", "municipality", "successor")
    return get_object_or_404(rows, pk=pk)


def close(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _supervised(request, pk)
    others = Organization.objects.supervised_by(request.user).listed().exclude(pk=pk)
    form = ClosingForm(others.filter(region=organization.region_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts: dict[str, Any] = {"on": data["closed_on"], "reason": data["reason"], "successor": data["found"]}
        words = f"Записано: организация закрыта с {day(data['closed_on'])}."
        attempt(request, lambda: organization.close(by=request.user, **facts), words)
        return redirect(organization)
    context = {
        "organization": organization,
        "heading": f"Закрыть: {organization.name}",
        "form": form,
        "left": left_open(organization),
        "submit": "Закрыть организацию",
        "cancel_url": organization.get_absolute_url(),
        "keep": f"close-{pk}",
    }
    return render(request, "coordination/close.html", context)


def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _supervised(request, pk)
    if request.method == "POST":
        words = "Закрытие отменено: организация снова в списке, её ссылки действуют."
        attempt(request, lambda: organization.reopen(by=request.user), words)
        return redirect(organization)
    context = {
        "question": f"Отменить закрытие: {organization.name}?",
        "explanation": "Организация вернётся в список и цифры, её действующие ссылки снова начнут принимать заявки, "
        "письма и напоминания возобновятся. Правопреемник потеряет доступ к её делам. "
        "Если её объединили с другой, перенесённое останется у той: чтобы вернуть и его, отмените объединение.",
        "submit": "Отменить закрытие",
        "cancel_url": organization.get_absolute_url(),
        "is_gentle": True,
    }
    return render(request, "foundation/confirm.html", context)
