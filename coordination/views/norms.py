"""Norms of the steps, kept on the page «Регион»."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.norms import NormsForm


@require_POST
def change(request: SignedInRequest) -> HttpResponse:
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    form = NormsForm(request.POST)
    if not form.is_valid():
        return render(request, "coordination/norms.html", {"norms": form, "region": region})
    form.save_to(region, by=request.user)
    messages.success(request, "Нормы этапов сохранены.")
    return redirect("coordination:region")
