"""An act on many organizations: first how many, who and who not, then, confirmed, what was done."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.bulk import Act, acts_of, whole_regions_of
from coordination.desk import Desk
from coordination.filters import OrganizationFilter
from coordination.views.saved_views import back_to_list
from foundation.templatetags.portal import count
from organizations.models import Municipality, Organization
from organizations.models.organization import OrganizationQuerySet
from registrations.forms import MOST_AT_ONCE, KeysField


class BulkForm(forms.Form):
    pk = KeysField(required=False)
    place = forms.ModelChoiceField(Municipality.objects.none(), label="Муниципалитет", required=False)

    def __init__(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Municipality.objects.filter(region__in=whole_regions_of(request.user))
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


@require_POST
def preview(request: SignedInRequest, act: str) -> HttpResponse:
    what, form = _act(request, act), BulkForm(request, request.POST)
    rows = _chosen(request, form)
    if not 0 < rows.count() <= MOST_AT_ONCE:
        most = count(MOST_AT_ONCE)
        messages.warning(request, f"Отметьте организации в списке, от 1 до {most} за один раз, или сузьте условия.")
        return back_to_list(request)
    return _look(request, what, form, rows)


def _look(request: SignedInRequest, act: Act, form: BulkForm, rows: OrganizationQuerySet) -> HttpResponse:
    place = form.cleaned_data["place"] if form.is_valid() else None
    context = {"act": act, "form": form, "place": place, "sorting": act.sort(rows, request.user, place)}
    return render(request, "coordination/bulk.html", context)


@require_POST
def perform(request: SignedInRequest, act: str) -> HttpResponse:
    """What the page showed, as far as it can still be done; the rest is named with its reason."""
    what, form = _act(request, act), BulkForm(request, request.POST)
    rows = _chosen(request, form)
    if not rows.exists():
        messages.warning(request, "Отметьте организации в списке.")
        return back_to_list(request)
    if what.needs_place and not form.cleaned_data.get("place"):
        form.add_error("place", "Выберите муниципалитет.")
        return _look(request, what, form, rows)
    place = form.cleaned_data.get("place")
    sorting = what.sort(rows, request.user, place)
    if sorting.ready:
        what.perform(sorting, request.user, place)
    outside = len(set(form.cleaned_data["pk"])) - len(sorting.ready) - sorting.left
    context = {"act": what, "place": place, "sorting": sorting, "outside": outside}
    return render(request, "coordination/bulk_done.html", context)


def _act(request: SignedInRequest, key: str) -> Act:
    """Nobody without a territory comes here."""
    mine = {act.key: act for act in acts_of(Desk(request.user, request.path))}
    if key not in mine or not Organization.objects.supervised_by(request.user).exists():
        raise Http404
    return mine[key]


def _chosen(request: SignedInRequest, form: BulkForm) -> OrganizationQuerySet:
    """The ticked organizations, or everything that the filter of the address finds."""
    mine = Organization.objects.supervised_by(request.user)
    if not form.is_valid() and "pk" in form.errors:
        return mine.none()
    if request.POST.get("all") == "yes":
        return mine.filter(pk__in=OrganizationFilter(request.GET, request.user).actionable.order_by().values("pk"))
    return mine.filter(pk__in=form.cleaned_data["pk"])
