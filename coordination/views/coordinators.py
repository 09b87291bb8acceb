"""Who coordinates: the coordinator of a region invites and removes the municipal ones herself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from coordination.desk import Desk
from foundation.fields import EmailField, NameField
from foundation.verbs import WrongStatus
from organizations.letters import welcome_coordinator
from organizations.models import Coordinator, Municipality, Organization, Region


class CoordinatorForm(forms.Form):
    full_name = NameField(label="Фамилия, имя и отчество")
    email = EmailField(label="Электронная почта", help_text="Личная рабочая почта: на неё придёт ссылка для входа.")
    municipality = forms.ModelChoiceField(
        label="Муниципалитет",
        queryset=Municipality.objects.none(),
        required=False,
        empty_label="весь регион",
    )

    def __init__(self, region: Region, *args: Any, may_give_region: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["municipality"]
        field.queryset = region.municipalities.all()  # type: ignore[attr-defined]
        field.required = not may_give_region
        if not may_give_region:
            field.empty_label = None  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if Organization.objects.filter(email__iexact=email).exists():
            raise ValidationError("Это официальная почта организации, её читают многие. Укажите личную рабочую почту.")
        if User.objects.filter(email=email, is_active=False).exists():
            raise ValidationError("Вход этому человеку закрыт. Открыть его может служба портала.")
        return email


def _region(request: SignedInRequest) -> Region:
    """The region whose coordinators this person manages; nobody else comes here. Staff choose one by `?region=`."""
    asked = request.GET.get("region", "")
    if request.user.is_staff and asked.isascii() and asked.isdigit() and len(asked) < 10:
        return get_object_or_404(Region, pk=asked)
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    return region


def coordinators(request: SignedInRequest) -> HttpResponse:
    region = _region(request)
    rows = Coordinator.objects.acting().filter(region=region)
    context = {
        "region": region,
        "regions": Region.objects.all() if request.user.is_staff else [],
        "coordinators": rows.select_related("user", "municipality", "region", "invited_by"),
        "removable": set(Coordinator.objects.manageable_by(request.user).values_list("pk", flat=True)),
    }
    return render(request, "coordination/coordinators.html", context)


def invite(request: SignedInRequest) -> HttpResponse:
    region = _region(request)
    form = CoordinatorForm(region, request.POST or None, may_give_region=request.user.is_staff)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            coordinator = Coordinator.objects.invite(region=region, **form.cleaned_data, by=request.user)
            welcome_coordinator(coordinator)
        messages.success(request, f"Приглашение поставлено в очередь: {coordinator.user.full_name}.")
        return redirect(f"{reverse('coordination:coordinators')}?region={region.pk}")
    return render(
        request,
        "foundation/form_page.html",
        {
            "heading": "Пригласить координатора",
            "intro": "Координатор муниципалитета видит только свои организации. Приглашение придёт письмом.",
            "form": form,
            "submit": "Пригласить",
            "cancel_url": "/coordinators/",
        },
    )


def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Coordinator.objects.manageable_by(request.user).acting().select_related("user", "municipality", "region")
    coordinator = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            coordinator.remove(by=request.user)
        except WrongStatus as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, f"Доступ закрыт: {coordinator.user.full_name}.")
        return redirect("coordination:coordinators")
    return render(
        request,
        "foundation/confirm.html",
        {
            "question": f"Закрыть доступ координатору: {coordinator.user.full_name}, {coordinator.territory}?",
            "explanation": "Доступ закроется сразу, на всех устройствах. Записанное им останется.",
            "submit": "Закрыть доступ",
            "cancel_url": "/coordinators/",
        },
    )
