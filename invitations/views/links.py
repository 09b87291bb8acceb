"""The school's pages about its links. Whoever sees the school sees them; only its administrators change anything."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.http import pdf_response
from foundation.papers import qr_svg
from foundation.verbs import WrongStatus
from invitations import radar
from invitations.link_forms import ExtendForm, IssueForm, PauseForm, SferumLinkForm
from invitations.link_list import LinkList, counted_requests
from invitations.models import Invitation, LinkChange
from invitations.posters import poster_pdf
from invitations.statuses import Mode, Role
from invitations.tallies import tallies
from organizations.models import Organization, SchoolClass

CHANGES_SHOWN = 50

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def invitations(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _visible(request, pk)
    links = LinkList(organization, request.GET)
    dead = Invitation.objects.with_school().filter(
        school_class__organization=organization, revoked_at__isnull=False, sferum_link_renewed_at=None
    )
    context = {
        "organization": organization,
        "tab": "invitations",
        "links": links,
        "rows": links.rows,
        "sum": links.sum,
        "alarmed": [row for row in links.live if row.alarm],
        "unrenewed": dead.exclude(sferum_link=""),
    }
    return render(request, "invitations/invitations.html", context)


@form_page
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.administered_by(request.user), pk=pk)
    if not organization.is_registered or not organization.classes.current().exists():
        messages.warning(request, "Ссылки выпускают, когда организация зарегистрирована и классы созданы.")
        return redirect("invitations:invitations", organization.pk)
    form = IssueForm(request.POST or None, organization=organization)
    if request.method == "POST" and form.is_valid():
        issued = _issue(request, organization, form.cleaned_data)
        messages.success(request, f"Выпущено ссылок: {len(issued)}. Действующие остались прежними.")
        return redirect("invitations:invitations", organization.pk)
    return render(request, "invitations/issue.html", {"organization": organization, "tab": "invitations", "form": form})


def _issue(request: SignedInRequest, organization: Organization, typed: dict[str, Any]) -> list[Invitation]:
    return Invitation.objects.issue_many(
        organization,
        list[SchoolClass](typed["classes"]),
        [Role(role) for role in typed["roles"]],
        by=request.user,
        mode=Mode(typed["mode"]),
        expires_on=typed["expires_on"],
        is_endless=typed["expires_on"] is None,
        limit=typed["limit"],
        sferum_link=typed["sferum_link"],
    )


@require_safe
def invitation(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = get_object_or_404(
        Invitation.objects.visible_to(request.user).with_school(), pk=invitation_pk, school_class__organization=pk
    )
    organization = row.organization
    context = {
        "organization": organization,
        "tab": "invitations",
        "invitation": row,
        "qr": qr_svg(row.address),
        "chat_text": render_to_string("invitations/chat.txt", {"invitation": row, "organization": organization}),
        "changes": LinkChange.objects.administered_by(request.user)
        .filter(invitation=row)
        .select_related("changed_by")[:CHANGES_SHOWN],
        # The rules tell how many names the school expects, which nobody above it is told.
        "rules": radar.rules(row) if organization.is_administered_by(request.user) else [],
        "tally": tallies([row])[row.pk],
        "filter": counted_requests(row),
    }
    return render(request, "invitations/invitation.html", context)


@require_safe
def poster(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = get_object_or_404(
        Invitation.objects.visible_to(request.user).with_school(), pk=invitation_pk, school_class__organization=pk
    )
    return pdf_response(poster_pdf(row), f"sferum-{row.shown_code}.pdf")


@form_page
def pause(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    form = PauseForm(request.POST or None)
    if form.is_valid():
        return _do(request, row, lambda: row.pause(by=request.user, reason=form.cleaned_data["reason"]))
    return _form(request, row, form, "Приостановить ссылку", "Приостановить")


@require_POST
def resume(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    return _do(request, row, lambda: row.resume(by=request.user))


@form_page
def revoke(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    if request.method == "POST":
        return _do(request, row, lambda: row.revoke(by=request.user))
    context = {
        "question": f"Отозвать ссылку для {row.school_class} ({row.role_words})?",
        "explanation": "Она перестанет действовать сразу и навсегда. Уже поданные заявки останутся.",
        "submit": "Отозвать ссылку",
        "cancel_url": row.get_absolute_url(),
    }
    return render(request, "foundation/confirm.html", context)


@form_page
def replace(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    form = SferumLinkForm(request.POST or None, invitation=row)
    if request.method == "POST" and form.is_valid():
        try:
            new = row.replace(by=request.user, sferum_link=form.cleaned_data["sferum_link"])
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect(row)
        messages.success(request, "Ссылка заменена. Напечатайте плакат заново: старый адрес теперь говорит «заменена».")
        return redirect(new)
    return _form(request, row, form, "Заменить ссылку новой", "Заменить", "Старый код перестанет действовать сразу.")


@form_page
def extend(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    form = ExtendForm(request.POST or None, invitation=row)
    if request.method == "POST" and form.is_valid():
        return _do(request, row, lambda: row.extend(by=request.user, **form.terms()))
    return _form(request, row, form, "Продлить ссылку", "Продлить")


@form_page
def change_link(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    form = SferumLinkForm(request.POST or None, invitation=row, initial={"sferum_link": row.sferum_link})
    if request.method == "POST" and form.is_valid():
        return _do(request, row, lambda: row.change_link(by=request.user, **form.cleaned_data))
    return _form(request, row, form, "Ссылка на класс из Сферума", "Сохранить")


@require_POST
def renewed(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    row = _mine(request, pk, invitation_pk)
    row.mark_renewed(by=request.user)
    messages.success(request, "Отмечено: ссылка обновлена в самом Сферуме.")
    return redirect("invitations:invitations", pk)


def _visible(request: SignedInRequest, pk: int) -> Organization:
    visible = Organization.objects.visible_to(request.user).select_related("region")
    return get_object_or_404(visible, pk=pk)


def _mine(request: SignedInRequest, pk: int, invitation_pk: int) -> Invitation:
    mine = Invitation.objects.manageable_by(request.user).with_school()
    return get_object_or_404(mine, pk=invitation_pk, school_class__organization=pk)


def _do(request: SignedInRequest, row: Invitation, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except WrongStatus as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Сохранено: {row.school_class}, {row.role_words}.")
    return redirect(row)


def _form(
    request: SignedInRequest, row: Invitation, form: Any, heading: str, submit: str, intro: str = ""
) -> HttpResponse:
    about = f"{row.organization.name}, {row.school_class}, {row.role_words}. {intro}"
    context = {"form": form, "heading": heading, "submit": submit, "intro": about, "cancel_url": row.get_absolute_url()}
    return render(request, "foundation/form_page.html", context)
