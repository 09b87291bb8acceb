"""Whether I want the morning digest, and which heads of municipalities get the weekly one."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.models import DigestChoice
from coordination.views.desk import territory_of
from coordination.views.reminders import managed_region
from foundation.fields import EmailField, NameField
from organizations.models import Event, Municipality


class MunicipalHeadForm(forms.ModelForm):  # type: ignore[type-arg]
    head_name = NameField(label="Руководитель управления образования", max_length=200, required=False)
    head_email = EmailField(
        label="Почта для недельной сводки",
        required=False,
        help_text="В первый рабочий день недели туда уходят только цифры этого муниципалитета. Пусто – сводки нет.",
    )

    class Meta:
        model = Municipality
        fields = ["head_name", "head_email"]


@require_POST
def mine(request: SignedInRequest) -> HttpResponse:
    """Turns one's own morning digest on or off."""
    territory_of(request)
    is_on = request.POST.get("is_on") == "yes"
    DigestChoice.objects.set(request.user, is_on=is_on)
    words = "Утренняя сводка включена." if is_on else "Утренняя сводка отключена. О важном напомним отдельным письмом."
    messages.success(request, words)
    return redirect("coordination:reminders")


@require_GET
def heads(request: SignedInRequest) -> HttpResponse:
    region = managed_region(request)
    return render(request, "coordination/municipal_heads.html", {"municipalities": region.municipalities.all()})


def head(request: SignedInRequest, pk: int) -> HttpResponse:
    region = managed_region(request)
    municipality = get_object_or_404(region.municipalities, pk=pk)
    form = MunicipalHeadForm(request.POST or None, instance=municipality)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save(commit=False).save(update_fields=form.Meta.fields)
            Event.record(
                "municipality.head-changed", municipality, by=request.user, region=region, fields=form.changed_data
            )
        messages.success(request, f"Сохранено: {municipality.name}.")
        return redirect("coordination:municipal-heads")
    context = {
        "heading": municipality.name,
        "form": form,
        "cancel_url": reverse("coordination:municipal-heads"),
        "keep": f"municipal-head-{pk}",
    }
    return render(request, "coordination/municipal_head.html", context)
