"""Two rows of one school: find the other, look at what moves and what contradicts, make them one."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.requests import SignedInRequest
from coordination.finding import OneOrganizationForm
from coordination.merge_form import MergeForm, going, second_links
from coordination.merge_undo import Undoing, undo, undoing_of
from coordination.merging import merge
from coordination.models import Merging
from coordination.models.merging import UNDO_DAYS
from foundation.verbs import attempt
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet

_LIKELY = 10


def _mine(request: SignedInRequest) -> OrganizationQuerySet:
    """Both must be the person's own: a municipal coordinator brings no school out of a foreign district."""
    return Organization.objects.supervised_by(request.user).listed().select_related("region", "municipality")


def find(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(_mine(request), pk=pk)
    others = _mine(request).filter(region=organization.region_id).exclude(pk=pk)
    form = OneOrganizationForm(others, request.GET if "words" in request.GET else None)
    if form.is_bound and form.is_valid() and form.cleaned_data["found"]:
        return redirect("coordination:organization-merge", pk, form.cleaned_data["found"].pk)
    same = Q(pk=None)
    for name in ("inn", "ogrn", "email"):
        if value := getattr(organization, name):
            same |= Q(**{name: value})
    context = {
        "organization": organization,
        "form": form,
        "likely": others.filter(same).order_by("search_key", "pk")[:_LIKELY],
    }
    return render(request, "coordination/merge_find.html", context)


def merge_two(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """`pk` stays, `other` goes into it."""
    winner = get_object_or_404(_mine(request), pk=pk)
    loser = get_object_or_404(_mine(request).filter(region=winner.region_id).exclude(pk=pk), pk=other)
    form = MergeForm(winner, loser, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        words = f"Объединено: «{loser.name}» теперь ведёт сюда, всё перенесено. Отменить можно {UNDO_DAYS} дней."
        attempt(request, lambda: merge(winner, loser, form.choices(), by=request.user), words)
        return redirect(winner)
    context = {
        "organization": winner,
        "loser": loser,
        "form": form,
        "going": list(going(winner, loser)),
        "same": form.same,
        "second_links": second_links(winner, loser),
        "undo_days": UNDO_DAYS,
    }
    return render(request, "coordination/merge.html", context)


def unmerge(request: SignedInRequest, pk: int, merging_pk: int) -> HttpResponse:
    """From the page of either row: what would go back, and the act."""
    organization = get_object_or_404(Organization.objects.supervised_by(request.user), pk=pk)
    rows = Merging.objects.manageable_by(request.user).of(organization)
    merging = get_object_or_404(rows.select_related("winner__region", "loser__region", "done_by"), pk=merging_pk)
    if request.method == "POST":
        attempt(request, lambda: _unmerged_words(merging, undo(merging, by=request.user)))
        return redirect(organization)
    context = {"organization": organization, "merging": merging, "undoing": undoing_of(merging)}
    return render(request, "coordination/merge_undo.html", context)


def _unmerged_words(merging: Merging, undoing: Undoing) -> str:
    words = f"Объединение отменено: «{merging.loser.name}» снова отдельная запись, перенесённое вернулось к ней."
    return f"{words} Оставлено как есть: {'; '.join(undoing.kept)}." if undoing.kept else words
