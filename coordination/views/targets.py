"""Targets of the region and its municipalities, kept by the region's coordinator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.models import Target
from coordination.statuses import Measure
from coordination.targets import progress_of
from organizations.models import Municipality, Organization, Region

SHARE, NUMBER = "share", "number"


class TargetForm(forms.Form):
    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label="Где", empty_label="весь регион", required=False
    )
    measure = forms.ChoiceField(label="Показатель", choices=Measure.choices)
    value = forms.IntegerField(label="Сколько", min_value=1, max_value=1_000_000)
    unit = forms.ChoiceField(label="Чего", choices=[(SHARE, "% организаций списка"), (NUMBER, "организаций")])
    due_on = forms.DateField(label="К какому дню", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = region.municipalities.all()  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        if self.cleaned_data["due_on"] < timezone.localdate():
            raise forms.ValidationError("Этот день уже прошёл.")
        return self.cleaned_data["due_on"]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("unit") == SHARE and self.cleaned_data.get("value", 0) > 100:
            self.add_error("value", "Больше 100 % не бывает.")
        return self.cleaned_data


def _managed(request: SignedInRequest) -> Region:
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    return region


def targets(request: SignedInRequest) -> HttpResponse:
    region = _managed(request)
    form = TargetForm(region, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("municipality", "measure", "value", "due_on")}
        Target.objects.put(region=region, is_share=form.cleaned_data["unit"] == SHARE, by=request.user, **chosen)
        messages.success(request, "Цель назначена. Она видна на странице «Динамика и цели».")
        return redirect("coordination:targets")
    found = Target.objects.filter(region=region).select_related("region", "municipality")
    rows = progress_of(found, Organization.objects.filter(region=region))
    return render(request, "coordination/targets.html", {"form": form, "targets": rows, "region": region})


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(Target.objects.filter(region=_managed(request)), pk=pk)
    target.remove(by=request.user)
    messages.success(request, "Цель снята.")
    return redirect("coordination:targets")
