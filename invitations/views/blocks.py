"""Visitors whose repeated requests the school does not take for a while; begun from one rejected request."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from invitations.forms import BlockForm, SelectionForm
from invitations.models import ApplicantBlock, JoinRequest
from organizations.models import Organization

SHOWN = 200


@require_safe
@never_cache
def blocks(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _mine(request, pk)
    rows = ApplicantBlock.objects.filter(organization=organization).select_related("request", "blocked_by", "lifted_by")
    standing = rows.standing()
    context = {
        "organization": organization,
        "tab": "requests",
        "standing": standing,
        "over": rows.exclude(pk__in=standing)[:SHOWN],
    }
    return render(request, "invitations/blocks.html", context)


@require_POST
def block(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asked about first: a family whose request was rejected by mistake would find the door closed."""
    organization = _mine(request, pk)
    chosen = SelectionForm.of(request)
    if not chosen.is_valid():
        messages.warning(request, "Выберите отклонённую заявку.")
        return redirect("invitations:requests", organization.pk)
    row = get_object_or_404(JoinRequest, organization=organization, pk=chosen.cleaned_data["ids"][0])
    form = BlockForm(request.POST) if "confirmed" in request.POST else BlockForm(initial={"ids": [row.pk]})
    if form.is_bound and form.is_valid():
        days = form.cleaned_data["days"]
        done = (
            f"Повторные заявки с теми же именами, что в {row.number}, закрыты. Снять запрет можно здесь в любой день."
        )
        attempt(request, lambda: ApplicantBlock.objects.block(row, by=request.user, days=days) and None, done)
        return redirect("invitations:blocks", organization.pk)
    context = {
        "question": f"Не принимать повторные заявки с теми же именами, что в {row.number}?",
        "explanation": (
            "Портал запомнит не имена, а их необратимый код, и только для вашей школы. Телефон и почта не в счёт: "
            "они бывают одни на семью. Заявитель увидит, до какого дня и что можно позвонить в школу."
        ),
        "form": form,
        "submit": "Не принимать",
        "cancel_url": reverse("invitations:blocks", args=[organization.pk]),
    }
    return render(request, "foundation/confirm.html", context)


@require_POST
def lift(request: SignedInRequest, pk: int, block_pk: int) -> HttpResponse:
    mine = ApplicantBlock.objects.manageable_by(request.user).select_related("organization", "request")
    row = get_object_or_404(mine, pk=block_pk, organization=pk)
    attempt(request, lambda: row.lift(by=request.user), f"Заявки с именами из {row.request.number} снова принимаются.")
    return redirect("invitations:blocks", pk)


def _mine(request: SignedInRequest, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.administered_by(request.user).select_related("region"), pk=pk)
