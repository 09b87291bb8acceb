"""Open pages: the invitation, the receipt, the code from a poster, the consent. GET changes nothing in any of them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.codes import normalise
from foundation.limits import Limit, client_address, hit
from foundation.tokens import BadToken, ExpiredToken, read, sign
from foundation.verbs import WrongStatus
from invitations import consents
from invitations.join_forms import JOIN_FORMS, CodeForm, JoinForm, NumberForm
from invitations.letters import RECEIPT
from invitations.models import Invitation, JoinRequest
from invitations.models.join_request_set import LinkIsClosed
from invitations.statuses import LinkState
from invitations.views.unknown import unknown
from organizations.models import Organization

RECEIPT_AGE = timedelta(days=400)
# A school of a thousand shares one address behind its NAT on the day of the parents' meeting.
PER_ADDRESS, PER_LINK, HOUR = 1200, 300, 3600
TOO_OFTEN = "Слишком много заявок подряд. Подождите несколько минут и нажмите ещё раз: всё, что вы ввели, сохранено."


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    canonical = normalise(code)
    invitation = Invitation.objects.with_school().filter(code=canonical).first() if canonical else None
    if invitation is None:
        return unknown(request)
    if request.method == "POST":
        return _file(request, invitation)
    if code != canonical:
        return redirect("invitations:join", canonical)
    return _show(request, invitation, JOIN_FORMS[invitation.role](invitation=invitation))


def _context(invitation: Invitation, **more: Any) -> dict[str, Any]:
    organization = invitation.organization
    region = organization.region
    return {
        "invitation": invitation,
        "organization": organization,
        "department_name": region.department_name,
        "department_phone": region.department_phone,
        "number_form": NumberForm(),
    } | more


def _show(request: HttpRequest, invitation: Invitation, form: JoinForm, status: int = 200) -> HttpResponse:
    if invitation.state != LinkState.OPEN:
        return _closed(request, invitation)
    template = "invitations/direct.html" if invitation.is_direct else "invitations/join.html"
    return render(request, template, _context(invitation, form=form), status=status)


def _closed(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Each way for a link to be dead has its own page."""
    return render(request, f"invitations/closed/{invitation.state}.html", _context(invitation), status=410)


def _file(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if invitation.is_direct:
        return redirect("invitations:join", invitation.code)
    form = JOIN_FORMS[invitation.role](request.POST, invitation=invitation)
    if not form.is_valid():
        return _show(request, invitation, form)
    if not _allowed(request, invitation, "join"):
        form.add_error(None, TOO_OFTEN)
        return _show(request, invitation, form, status=429)
    try:
        filed = JoinRequest.objects.file(invitation, **form.facts())
    except LinkIsClosed:
        invitation.refresh_from_db(fields=["used", "limit", "paused_at", "pause_reason", "revoked_at", "replaced_by"])
        return _closed(request, invitation)
    return redirect("invitations:receipt", sign(RECEIPT, filed.pk))


def _allowed(request: HttpRequest, invitation: Invitation, act: str) -> bool:
    """The visitor's own limit first: one visitor must not use up the link's for everybody."""
    own = Limit(f"{act}:{client_address(request)}", PER_ADDRESS, HOUR)
    return hit(own) and hit(Limit(f"{act}-link:{invitation.pk}", PER_LINK, HOUR))


@login_not_required
@require_POST
def status(request: HttpRequest, code: str) -> HttpResponse:
    """«Узнать решение по номеру»: number and class code together, and never a name."""
    invitation = Invitation.objects.with_school().filter(code=normalise(code) or "-").first()
    if invitation is None:
        return unknown(request)
    form, found, answer_code = NumberForm(request.POST), None, 200
    if form.is_valid():
        if _allowed(request, invitation, "join-status"):
            found = JoinRequest.objects.filter(pk=form.cleaned_data["number"], invitation=invitation).first()
            if found is None:
                form.add_error("number", "По этой ссылке такой заявки нет. Сверьте номер.")
        else:
            form.add_error(None, "Слишком много вопросов подряд. Подождите несколько минут.")
            answer_code = 429
    context = _context(invitation, number_form=form, found=found)
    with timezone.override(invitation.organization.region.zone):
        return render(request, "invitations/status.html", context, status=answer_code)


@login_not_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Type the code from a poster: leads to its page, which says what the link is for and whether it is valid."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("invitations:join", form.cleaned_data["code"])
    return render(request, "invitations/check.html", {"form": form})


def _request_of(token: str) -> JoinRequest:
    """Raises ExpiredToken, or Http404 where the link is not ours."""
    try:
        found = read(RECEIPT, token, RECEIPT_AGE)
    except ExpiredToken:
        raise
    except BadToken as error:
        raise Http404 from error
    rows = JoinRequest.objects.select_related(
        "invitation__school_class__organization__region", "school_class", "organization"
    )
    request = rows.filter(pk=found.object_id).first()
    if request is None:
        raise Http404
    return request


@login_not_required
@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    try:
        join_request = _request_of(token)
    except ExpiredToken:
        return render(request, "invitations/receipt_over.html", status=410)
    context = _context(join_request.invitation, join_request=join_request, token=token)
    with timezone.override(join_request.invitation.organization.region.zone):
        return render(request, "invitations/receipt.html", context)


@login_not_required
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    try:
        _request_of(token).withdraw()
    except ExpiredToken:
        return render(request, "invitations/receipt_over.html", status=410)
    except WrongStatus as error:
        messages.error(request, str(error))
    return redirect("invitations:receipt", token)


@login_not_required
@require_safe
def consent(request: HttpRequest, version: str) -> HttpResponse:
    """The document as its own page; with the code of a link it names that school as the operator."""
    document = consents.VERSIONS.get(version)
    if document is None:
        raise Http404
    code = normalise(request.GET.get("code", ""))
    organization = Organization.objects.filter(classes__invitations__code=code).first() if code else None
    return render(request, "invitations/consent.html", {"document": document, "organization": organization})
