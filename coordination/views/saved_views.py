"""Filters under a name: keep the conditions of the address, rename, open first, remove."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.filters import OrganizationFilter
from coordination.models import SavedView
from coordination.models.saved_view import LONGEST_QUERY
from foundation.fields import TextField
from foundation.verbs import attempt


class NameForm(forms.Form):
    name = TextField(label="Название", max_length=60)


class SaveForm(NameForm):
    is_shared = forms.BooleanField(label="Показать другим координаторам территории", required=False)


def conditions(query: QueryDict) -> str:
    """What of an address is a condition or the order of the rows; the page number is not."""
    known = {*OrganizationFilter.base_filters, "sort"}
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name in known and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def start_of(request: SignedInRequest, saved: list[SavedView]) -> SavedView | None:
    """The view with which this person's list opens, where the address asks for nothing."""
    own = (view for view in saved if view.user_id == request.user.pk and view.is_start)
    return None if request.GET else next(own, None)


def back_to_list(request: SignedInRequest) -> HttpResponse:
    """The list under the conditions of this address; never the view that one starts with in their place."""
    return redirect(f"{reverse('coordination:organizations')}?{request.GET.urlencode() or 'q='}")


@require_GET
def saved_views(request: SignedInRequest) -> HttpResponse:
    return render(request, "coordination/saved_views.html", {"views": SavedView.objects.manageable_by(request.user)})


@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    form, query = SaveForm(request.POST), conditions(request.GET)
    address = f"{reverse('coordination:organizations')}?{query or 'q='}"
    if not form.is_valid():
        messages.warning(request, "Назовите условия: до 60 знаков.")
    elif len(query) > LONGEST_QUERY:
        messages.warning(request, "Условий слишком много, чтобы их сохранить.")
    else:
        kept = form.cleaned_data
        attempt(
            request,
            lambda: SavedView.objects.keep(kept["name"], query, is_shared=kept["is_shared"], by=request.user),
            f"Условия сохранены: «{kept['name']}».",
        )
    return redirect(address)


@require_POST
def rename(request: SignedInRequest, view_pk: int) -> HttpResponse:
    view, form = _mine(request, view_pk), NameForm(request.POST)
    if form.is_valid():
        attempt(request, lambda: view.rename(form.cleaned_data["name"]), "Название изменено.")
    else:
        messages.warning(request, "Назовите условия: до 60 знаков.")
    return redirect("coordination:saved-views")


@require_POST
def start(request: SignedInRequest, view_pk: int) -> HttpResponse:
    """«Открывать первым», and a second time not any more."""
    view = _mine(request, view_pk)
    if view.is_start:
        attempt(request, view.stop, "Список снова открывается без условий.")
    else:
        attempt(request, view.start, f"Список теперь открывается с условиями «{view.name}».")
    return redirect("coordination:saved-views")


@require_POST
def remove(request: SignedInRequest, view_pk: int) -> HttpResponse:
    view = _mine(request, view_pk)
    view.delete()
    messages.success(request, f"Условия «{view.name}» удалены.")
    return redirect("coordination:saved-views")


def _mine(request: SignedInRequest, view_pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.manageable_by(request.user), pk=view_pk)
