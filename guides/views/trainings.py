"""Trainings: everybody of the region sees them, the coordinator of the region plans, moves and calls them off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from guides.forms import TrainingForm
from guides.models import Reader, Training
from guides.models.kept import regions_kept_by
from guides.whose import kept_region, region_of
from organizations.models import Region

MOST_SHOWN = 200


def trainings(request: SignedInRequest) -> HttpResponse:
    region = region_of(request) or regions_kept_by(request.user).first()
    rows = Training.objects.of_region(region)
    context = {
        "region": region,
        "upcoming": rows.upcoming(),
        "past": rows.filter(ends_at__lte=timezone.now())[:MOST_SHOWN],
        "kept": set(rows.manageable_by(request.user).values_list("pk", flat=True)),
        "is_reminded": not Reader.objects.wants_no_reminders().filter(user=request.user).exists(),
        "may_add": region is not None and regions_kept_by(request.user).filter(pk=region.pk).exists(),
    }
    with timezone.override(region.zone if region else None):
        return render(request, "guides/trainings.html", context)


def add(request: SignedInRequest) -> HttpResponse:
    region = kept_region(request)
    return _form(request, Training(region=region), region, "Новое обучение", "Обучение назначено.")


def change(request: SignedInRequest, training_pk: int) -> HttpResponse:
    rows = Training.objects.manageable_by(request.user).select_related("region")
    training = get_object_or_404(rows, pk=training_pk)
    return _form(request, training, training.region, training.title, "Обучение изменено.")


def _form(request: SignedInRequest, training: Training, region: Region | None, heading: str, done: str) -> HttpResponse:
    with timezone.override(region.zone if region else None):
        form = TrainingForm(request.POST or None, instance=training, region=region)
        if request.method == "POST" and form.is_valid():
            row: Training = form.save(commit=False)
            attempt(request, lambda: row.keep(by=request.user, fields=form.changed_data), done)
            return redirect("guides:trainings")
        where = f"по времени региона ({region})" if region else "по московскому времени"
        context = {
            "heading": heading,
            "intro": f"Начало указывайте {where}. Напоминания за день и за час портал отправит сам.",
            "form": form,
            "cancel_url": reverse("guides:trainings"),
            "keep": f"training-{training.pk or 'new'}",
        }
        return render(request, "foundation/form_page.html", context)


def cancel(request: SignedInRequest, training_pk: int) -> HttpResponse:
    """The question first, then the act."""
    rows = Training.objects.manageable_by(request.user).select_related("region")
    training = get_object_or_404(rows, pk=training_pk)
    if request.method == "POST":
        attempt(request, lambda: training.cancel(by=request.user), "Обучение отменено.")
        return redirect("guides:trainings")
    if not training.is_open:
        messages.info(request, "Это обучение уже отменено или прошло.")
        return redirect("guides:trainings")
    context = {
        "question": f"Отменить обучение «{training.title}»?",
        "explanation": "Оно останется в списке и в календарях людей с пометкой «Отменено». Вернуть его нельзя: "
        "назначьте новое.",
        "submit": "Отменить обучение",
        "cancel_url": reverse("guides:trainings"),
    }
    return render(request, "foundation/confirm.html", context)
