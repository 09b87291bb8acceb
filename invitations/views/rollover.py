"""The school goes over to the next academic year: a table, a preview without writing, one act, and the way back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import count
from foundation.verbs import attempt
from invitations.models import Rollover
from invitations.models.rollover import UNDO_DAYS, Undoing
from invitations.rollover import Preview, preview
from invitations.rollover_forms import RolloverForm
from organizations.models import Organization
from organizations.models.school_class import year_words

page_with_form = require_http_methods(["GET", "HEAD", "POST"])


@page_with_form
def rollover(request: SignedInRequest, pk: int) -> HttpResponse:
    """What becomes of each class. POST shows again what was chosen, for whoever comes back from the preview."""
    organization = _mine(request, pk)
    year = Rollover.objects.year_of(organization, timezone.localdate())
    return _table(request, organization, year, _form(request, organization, year))


@require_POST
def show_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Writes nothing."""
    organization = _mine(request, pk)
    year = Rollover.objects.year_of(organization, timezone.localdate())
    form = _form(request, organization, year)
    if year is None or not form.is_valid():
        return _table(request, organization, year, form)
    return _show(request, organization, year, form, preview(organization, form.plan(year)))


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Does what the preview has shown; where anything has changed since, it is shown once more."""
    organization = _mine(request, pk)
    year = Rollover.objects.year_of(organization, timezone.localdate())
    form = _form(request, organization, year)
    if year is None or request.POST.get("year") != str(year):
        return _too_late(request, organization)
    if not form.is_valid():
        return _table(request, organization, year, form)
    plan = form.plan(year)
    shown = preview(organization, plan)
    if request.POST.get("mark") != shown.mark:
        messages.warning(request, "Пока страница была открыта, классы или ссылки изменились. Проверьте ещё раз.")
        return _show(request, organization, year, form, shown)
    closed = f"Закрыто ссылок: {len(shown.closing)}. Отменить можно {UNDO_DAYS} дней: «Перевод на новый год»."
    done = f"Перевод на {year_words(year + 1)} сделан. {closed}"
    if attempt(request, lambda: Rollover.objects.roll(organization, plan, by=request.user), done):
        return redirect("organizations:classes", pk)
    return redirect("invitations:rollover", pk)


@page_with_form
def undo(request: SignedInRequest, pk: int, rollover_pk: int) -> HttpResponse:
    rows = Rollover.objects.administered_by(request.user).select_related("organization__region", "done_by")
    row = get_object_or_404(rows, pk=rollover_pk, organization=pk)
    if request.method == "POST":
        attempt(request, lambda: _undone_words(row.undo(by=request.user)))
        return redirect("invitations:rollover", pk)
    context = {"organization": row.organization, "tab": "classes", "rollover": row, "undoing": row.undoing}
    return render(request, "invitations/rollover_undo.html", context)


def _mine(request: SignedInRequest, pk: int) -> Organization:
    mine = Organization.objects.administered_by(request.user).select_related("region", "municipality")
    return get_object_or_404(mine, pk=pk)


def _form(request: SignedInRequest, organization: Organization, year: int | None) -> RolloverForm:
    classes = list(organization.classes.live().filter(academic_year=year or 0))
    return RolloverForm(organization, classes, request.POST if request.method == "POST" else None)


def _table(request: SignedInRequest, organization: Organization, year: int | None, form: RolloverForm) -> HttpResponse:
    context = {
        "organization": organization,
        "tab": "classes",
        "form": form,
        "year": year,
        "from_words": year_words(year) if year else "",
        "to_words": year_words(year + 1) if year else "",
        "is_early": year is not None and (timezone.localdate().year, timezone.localdate().month) < (year + 1, 6),
        "done": Rollover.objects.standing().filter(organization=organization).select_related("done_by").first(),
    }
    return render(request, "invitations/rollover.html", context)


def _show(
    request: SignedInRequest, organization: Organization, year: int, form: RolloverForm, shown: Preview
) -> HttpResponse:
    context = {
        "organization": organization,
        "tab": "classes",
        "form": form,
        "preview": shown,
        "year": year,
        "from_words": year_words(year),
        "to_words": year_words(year + 1),
    }
    return render(request, "invitations/rollover_preview.html", context)


def _too_late(request: SignedInRequest, organization: Organization) -> HttpResponse:
    """The second of two clicks or of two administrators."""
    first = Rollover.objects.standing().filter(organization=organization).select_related("done_by").first()
    messages.warning(request, str(first.was_first()) if first else "Переводить нечего: обновите страницу.")
    return redirect("invitations:rollover", organization.pk)


def _undone_words(undoing: Undoing) -> str:
    words = f"Перевод отменён. Снова действуют: {count(len(undoing.back), 'ссылка,ссылки,ссылок')}."
    if undoing.staying:
        words += f" Остались закрытыми: {', '.join(link.shown_code for link in undoing.staying)}."
    return words
