"""What the department tells about itself and about Sferum's people for the region: every page and letter shows it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from foundation.fields import EmailField, PhoneField, TextField
from organizations.models import Event, Region


class RegionForm(forms.ModelForm):  # type: ignore[type-arg]
    department_name = TextField(
        label="Орган управления образованием", max_length=300, help_text="Так подписаны письма и страницы."
    )
    department_phone = TextField(
        label="Городской телефон для проверки",
        max_length=60,
        help_text="По нему руководители и родители проверяют, что страница настоящая.",
    )
    support_email = EmailField(label="Почта Поддержки Сферума")
    manager_name = TextField(label="Менеджер по интеграции", max_length=200, required=False)
    manager_phone = PhoneField(label="Телефон менеджера", required=False)
    manager_email = EmailField(
        label="Почта менеджера", required=False, help_text="Сюда уходят письма о смене администратора."
    )
    manager_telegram = TextField(label="Telegram менеджера", max_length=60, required=False)
    messenger_name = TextField(label="Мессенджер, в который переносят чаты", max_length=60)

    class Meta:
        model = Region
        fields = [
            "department_name",
            "department_phone",
            "support_email",
            "manager_name",
            "manager_phone",
            "manager_email",
            "manager_telegram",
            "messenger_name",
            "answer_after_days",
            "parents_join_by_link",
        ]

    def clean_manager_phone(self) -> Any:
        return self.cleaned_data["manager_phone"] or ""


def region(request: SignedInRequest) -> HttpResponse:
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    form = RegionForm(request.POST or None, instance=region)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            Event.record("region.changed", region, by=request.user, region=region, fields=form.changed_data)
        messages.success(request, "Сведения о регионе сохранены.")
        return redirect("coordination:dashboard")
    return render(
        request,
        "foundation/form_page.html",
        {
            "heading": f"Сведения о регионе: {region.name}",
            "intro": "Их видят руководители, администраторы и родители. Контакты менеджера – только после входа.",
            "form": form,
            "submit": "Сохранить",
            "cancel_url": "/dashboard/",
            "keep": "region",
        },
    )
