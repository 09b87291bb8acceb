"""Verbs on many ticked links: asked about by their number and names, and what became of each is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import plural
from foundation.verbs import WrongStatus
from invitations.forms import SelectionForm
from invitations.link_forms import ManyExtendForm, ManyPauseForm, ManyTickedForm
from invitations.models import Invitation
from organizations.models import Organization

NAMED = 12


@dataclass(frozen=True)
class Act:
    """One verb for many: how it is asked, and how it is done to one link with what the form says."""

    question: str
    explanation: str
    submit: str
    done: str
    verb: Callable[[Invitation, SignedInRequest, dict[str, Any]], object]
    form: Callable[..., SelectionForm] = ManyTickedForm
    is_gentle: bool = False


PAUSE = Act(
    "Приостановить",
    "Причину увидит каждый, кто откроет любую из этих ссылок.",
    "Приостановить",
    "Приостановлено",
    lambda row, request, typed: row.pause(by=request.user, reason=typed["reason"]),
    form=ManyPauseForm,
)
RESUME = Act(
    "Возобновить",
    "Адреса и коды остаются прежними: плакаты снова действуют.",
    "Возобновить",
    "Возобновлено",
    lambda row, request, typed: row.resume(by=request.user),
    is_gentle=True,
)
EXTEND = Act(
    "Продлить",
    "Срок можно только увеличить. Ссылки для учителей продлеваются не больше чем на неделю.",
    "Продлить",
    "Продлено",
    lambda row, request, typed: row.extend(
        by=request.user, expires_on=row.longest(typed["expires_on"]), limit=row.limit
    ),
    form=ManyExtendForm,
    is_gentle=True,
)
REVOKE = Act(
    "Отозвать",
    "Они перестанут действовать сразу и навсегда, плакаты с ними придётся снять. Уже поданные заявки останутся.",
    "Отозвать",
    "Отозвано",
    lambda row, request, typed: row.revoke(by=request.user),
)


@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_or_do(request, pk, PAUSE)


@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_or_do(request, pk, RESUME)


@require_POST
def extend(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_or_do(request, pk, EXTEND)


@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_or_do(request, pk, REVOKE)


def _ask_or_do(request: SignedInRequest, pk: int, act: Act) -> HttpResponse:
    mine = Organization.objects.administered_by(request.user).select_related("region")
    organization = get_object_or_404(mine, pk=pk)
    ticked = SelectionForm.of(request)
    chosen = _chosen(request, organization, ticked) if ticked.is_valid() else []
    if not chosen:
        messages.warning(request, "Отметьте хотя бы одну действующую ссылку.")
        return redirect(_back(request, pk))
    if "confirmed" in request.POST:
        form = act.form(request.POST, organization=organization)
        if form.is_valid():
            return _do(request, pk, act, chosen, form.cleaned_data)
    else:
        form = act.form(initial={"ids": [row.pk for row in chosen]}, organization=organization)
    return _ask(request, organization, act, chosen, form)


def _chosen(request: SignedInRequest, organization: Organization, ticked: SelectionForm) -> list[Invitation]:
    mine = Invitation.objects.manageable_by(request.user).live().with_school()
    return list(mine.filter(school_class__organization=organization, pk__in=ticked.cleaned_data["ids"]))


def _ask(
    request: SignedInRequest, organization: Organization, act: Act, chosen: list[Invitation], form: BaseForm
) -> HttpResponse:
    number = f"{len(chosen)} {plural(len(chosen), 'ссылку,ссылки,ссылок')}"
    object_words = _name(chosen[0]) if len(chosen) == 1 else number
    names = [_name(row) for row in chosen]
    more = [f"и ещё {len(names) - NAMED}"] if len(names) > NAMED else []
    context = {
        "question": f"{act.question} {object_words}?",
        "explanation": act.explanation,
        "items": names[:NAMED] + more if len(names) > 1 else [],
        "form": form,
        "submit": f"{act.submit} {number}",
        "is_gentle": act.is_gentle,
        "cancel_url": _back(request, organization.pk),
    }
    return render(request, "foundation/confirm.html", context)


def _do(request: SignedInRequest, pk: int, act: Act, chosen: list[Invitation], typed: dict[str, Any]) -> HttpResponse:
    """Each link by its own guarded verb: what cannot be done to one leaves the others alone."""
    refused = []
    for row in chosen:
        try:
            act.verb(row, request, typed)
        except WrongStatus as error:
            refused.append(f"{_name(row)} – {error}")
    if len(refused) < len(chosen):
        messages.success(request, f"{act.done}: {len(chosen) - len(refused)}.")
    if refused:
        more = f" И ещё {len(refused) - NAMED}." if len(refused) > NAMED else ""
        messages.warning(request, f"Осталось как было: {len(refused)}. {' '.join(refused[:NAMED])}{more}")
    return redirect(_back(request, pk))


def _back(request: SignedInRequest, pk: int) -> str:
    """The list as it was narrowed: its conditions travel in the address of the act."""
    query = request.GET.urlencode()
    return reverse("invitations:invitations", args=[pk]) + (f"?{query}" if query else "")


def _name(row: Invitation) -> str:
    return f"{row.school_class}, {row.role_words}"
