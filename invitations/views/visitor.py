"""Open pages: the invitation, the code from a poster, the consent. GET changes nothing in any of them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.codes import normalise
from foundation.csrf import has_csrf_token
from foundation.limits import Limit, client_address, hit_shared
from foundation.tokens import sign
from invitations import consents
from invitations.join_forms import JOIN_FORMS, CodeForm, JoinForm, NumberForm
from invitations.letters import RECEIPT
from invitations.models import Invitation, JoinRequest
from invitations.models.block import ApplicantIsBlocked
from invitations.models.join_request_set import LinkIsClosed
from invitations.statuses import DEAD, LinkState
from invitations.views.unknown import unknown
from organizations.models import Organization

# A school of a thousand shares one address behind its NAT on the day of the parents' meeting.
PER_ADDRESS, PER_LINK, HOUR = 1200, 300, 3600
TOO_OFTEN = "Слишком много заявок подряд. Подождите несколько минут и нажмите ещё раз: всё, что вы ввели, сохранено."
LAPSED = (
    "Страница была открыта слишком долго. Всё, что вы ввели, сохранено: проверьте и нажмите ещё раз. "
    "Не помогает – откройте ссылку в обычном браузере, а не внутри мессенджера."
)


@login_not_required
@csrf_exempt  # asked in `_file`
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    canonical = normalise(code)
    invitation = Invitation.objects.by_code(canonical)
    if invitation is None:
        return unknown(request)
    if request.method == "POST":
        return _file(request, invitation)
    if code != canonical:
        return redirect("invitations:join", canonical)
    return _show(request, invitation, JOIN_FORMS[invitation.role](invitation=invitation))


def page_context(invitation: Invitation, **more: Any) -> dict[str, Any]:
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
        return _closed(request, invitation, form)
    template = "invitations/direct.html" if invitation.is_direct else "invitations/join.html"
    return render(request, template, page_context(invitation, form=form), status=status)


def _closed(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    """Each way for a link to be dead has its own page; what was typed meanwhile stays on it."""
    context = page_context(invitation, form=form, may_open_again=invitation.state not in DEAD)
    return render(request, f"invitations/closed/{invitation.state}.html", context, status=410)


def _file(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if invitation.is_direct:
        return redirect("invitations:join", invitation.code)
    form = JOIN_FORMS[invitation.role](request.POST, invitation=invitation)
    is_valid = form.is_valid()
    if not has_csrf_token(request):
        form.add_error(None, LAPSED)
        return _show(request, invitation, form, status=403)
    if not is_valid:
        return _show(request, invitation, form)
    if not is_allowed(request, invitation, "join"):
        form.add_error(None, TOO_OFTEN)
        return _show(request, invitation, form, status=429)
    try:
        filed = JoinRequest.objects.file(invitation, **form.facts())
    except ApplicantIsBlocked as blocked:
        return show_blocked(request, invitation, blocked)
    except LinkIsClosed:
        invitation.refresh_from_db(fields=["used", "limit", "paused_at", "pause_reason", "revoked_at", "replaced_by"])
        return _closed(request, invitation, form)
    return redirect("invitations:receipt", sign(RECEIPT, filed.pk))


def show_blocked(request: HttpRequest, invitation: Invitation, blocked: ApplicantIsBlocked) -> HttpResponse:
    context = page_context(invitation, ends_on=blocked.ends_on)
    return render(request, "invitations/blocked.html", context, status=403)


def is_allowed(request: HttpRequest, invitation: Invitation, act: str) -> bool:
    """The visitor's own limit first: one visitor must not use up the link's for everybody."""
    own = Limit(f"{act}:{client_address(request)}", PER_ADDRESS, HOUR)
    return hit_shared(own, Limit(f"{act}-link:{invitation.pk}", PER_LINK, HOUR))


@login_not_required
@require_POST
def status(request: HttpRequest, code: str) -> HttpResponse:
    """«Узнать решение по номеру»: number and class code together, and never a name."""
    invitation = Invitation.objects.by_code(normalise(code))
    if invitation is None:
        return unknown(request)
    form, found, answer_code = NumberForm(request.POST), None, 200
    if form.is_valid():
        if is_allowed(request, invitation, "join-status"):
            found = JoinRequest.objects.filter(pk=form.cleaned_data["number"], invitation=invitation).first()
            if found is None:
                form.add_error("number", "По этой ссылке такой заявки нет. Сверьте номер.")
        else:
            form.add_error(None, "Слишком много вопросов подряд. Подождите несколько минут.")
            answer_code = 429
    context = page_context(invitation, number_form=form, found=found)
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
