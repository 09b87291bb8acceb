"""What the department tells about itself and about Sferum's people for the region: every page and letter shows it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.norms import NormsForm
from foundation.fields import EmailField, PhoneField, TextField
from foundation.templatetags.portal import count
from foundation.verbs import attempt
from messenger import change as messenger_change
from organizations.models import Event, Region

OF_ORGANIZATIONS = "организации,организаций,организаций"


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
            "answer_after_days",
            "parents_join_by_link",
        ]

    def clean_manager_phone(self) -> Any:
        return self.cleaned_data["manager_phone"] or ""


class MessengerForm(forms.Form):
    """`was`: the name that the person saw; another one by now means that somebody else was first."""

    name = TextField(label="Мессенджер, в который переносят чаты", max_length=60)
    was = TextField(max_length=60, widget=forms.HiddenInput)


class ChangeForm(MessengerForm):
    is_same = forms.BooleanField(
        label="Это тот же мессенджер, исправлено только название",
        help_text="Этапы не откроются снова, а у перенесённых чатов название заменится.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget = forms.HiddenInput()


def _managed(request: SignedInRequest) -> Region:
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    return region


def region(request: SignedInRequest) -> HttpResponse:
    region = _managed(request)
    form = RegionForm(request.POST or None, instance=region)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save(commit=False).save(update_fields=form.Meta.fields)  # whatever else has changed meanwhile stays
            Event.record("region.changed", region, by=request.user, region=region, fields=form.changed_data)
        messages.success(request, "Сведения о регионе сохранены.")
        return redirect("coordination:dashboard")
    return _page(request, region, form, MessengerForm(initial=_seen(region)))


def _page(request: SignedInRequest, region: Region, form: RegionForm, messenger: MessengerForm) -> HttpResponse:
    return render(
        request,
        "coordination/region.html",
        {
            "heading": f"Сведения о регионе: {region.name}",
            "intro": "Их видят руководители, администраторы и родители. Контакты менеджера – только после входа.",
            "form": form,
            "submit": "Сохранить",
            "cancel_url": "/dashboard/",
            "keep": "region",
            "messenger": messenger,
            "norms": NormsForm.of(region),
        },
    )


def _seen(region: Region) -> dict[str, str]:
    return {"name": region.messenger_name, "was": region.messenger_name}


@require_POST
def change_messenger(request: SignedInRequest) -> HttpResponse:
    """First what the change opens again, then, confirmed, the change."""
    region = _managed(request)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, region, RegionForm(instance=region), MessengerForm(request.POST))
    name, was, is_same = (form.cleaned_data[each] for each in ("name", "was", "is_same"))
    if name == region.messenger_name:
        messages.info(request, f"Мессенджер региона уже {name}.")
        return redirect("coordination:region")
    if "confirmed" in request.POST:
        facts: dict[str, Any] = {"was": was, "by": request.user, "is_same": is_same}
        attempt(request, lambda: _told(name, messenger_change.change_messenger(region, name, **facts)))
        return redirect("coordination:region")
    change = messenger_change.preview(region, name)
    context = {
        "question": f"Сменить мессенджер: {region.messenger_name} → {name}?",
        "items": list(_consequences(region.messenger_name, name, change)),
        "form": ChangeForm(initial={"name": name, "was": region.messenger_name}),
        "submit": "Сменить мессенджер",
        "cancel_url": reverse("coordination:region"),
    }
    return render(request, "foundation/confirm.html", context)


def _consequences(was: str, name: str, change: messenger_change.Change) -> Iterator[str]:
    if change.is_respelling:
        yield "Изменится только написание: этапы и чаты останутся как есть."
        return
    yield f"У {count(change.reopened, OF_ORGANIZATIONS)} этап «Чаты перенесены» откроется снова."
    if change.kept:
        yield f"У {count(change.kept, OF_ORGANIZATIONS)} этап останется: чаты уже в {name} или переносить нечего."
    if change.told:
        yield f"У {count(change.told, OF_ORGANIZATIONS)} этап отмечен по реестру: портал эту отметку не снимает."
    if change.reached:
        yield f"У {count(change.reached, OF_ORGANIZATIONS)} этап завершится: чаты уже в {name}."
    if change.chats:
        chats = count(change.chats, "чат останется записанным,чата останутся записанными,чатов останутся записанными")
        yield f"{chats} в другом мессенджере, например {was}: школы смогут запланировать их заново одной кнопкой."


def _told(name: str, change: messenger_change.Change) -> str:
    if change.is_respelling:
        return f"Название исправлено: {name}. Этапы не изменились."
    reached = f", завершён у {count(change.reached)}" if change.reached else ""
    organizations = count(change.reopened, OF_ORGANIZATIONS)
    return f"Чаты теперь переносят в {name}. Этап открыт снова у {organizations}{reached}."
