"""«Проверено по телефону»: a coordinator makes sure of what only the school had said."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from organizations.models import Milestone, Organization
from organizations.statuses import Step


class StepForm(forms.Form):
    step = forms.TypedChoiceField(choices=Step.choices, coerce=int)


@require_POST
def checked(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.supervised_by(request.user), pk=pk)
    form = StepForm(request.POST)
    step = form.cleaned_data["step"] if form.is_valid() else 0
    milestone = Milestone.objects.filter(organization=organization, step=step).first()
    if milestone is None:
        messages.warning(request, "До этого этапа организация не дошла.")
        return redirect(organization)
    done = f"Отмечено: «{milestone.get_step_display()}» проверено по телефону."
    attempt(request, lambda: milestone.vouch(by=request.user), done)
    return redirect(organization)
