"""The applicant's own page, by its signed address and without an account: outcome, withdrawal, a mistyped name."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.tokens import BadToken, ExpiredToken, read
from foundation.verbs import WrongStatus
from invitations.join_forms import CorrectForm
from invitations.letters import RECEIPT
from invitations.models import JoinRequest
from invitations.models.block import ApplicantIsBlocked
from invitations.views.visitor import TOO_OFTEN, is_allowed, page_context, show_blocked

RECEIPT_AGE = timedelta(days=400)


def _request_of(token: str) -> JoinRequest:
    """Raises ExpiredToken, or Http404 where the link is not ours."""
    try:
        found = read(RECEIPT, token, RECEIPT_AGE)
    except ExpiredToken:
        raise
    except BadToken as error:
        raise Http404 from error
    rows = JoinRequest.objects.select_related(
        "invitation__school_class__organization__region",
        "offered__school_class__organization__region",
        "school_class",
        "organization",
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
    context = page_context(join_request.invitation, join_request=join_request, token=token)
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
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, token: str) -> HttpResponse:
    """A mistyped name; the request goes back to review."""
    try:
        row = _request_of(token)
    except ExpiredToken:
        return render(request, "invitations/receipt_over.html", status=410)
    if not row.may_be_corrected:
        messages.error(request, "Эту заявку уже нельзя исправить.")
        return redirect("invitations:receipt", token)
    form, status = CorrectForm(request.POST if request.method == "POST" else None, join_request=row), 200
    if form.is_valid():
        if is_allowed(request, row.invitation, "correct"):
            return _correct(request, row, form, token)
        form.add_error(None, TOO_OFTEN)
        status = 429
    context = page_context(row.invitation, join_request=row, token=token, form=form)
    return render(request, "invitations/correct.html", context, status=status)


def _correct(request: HttpRequest, row: JoinRequest, form: CorrectForm, token: str) -> HttpResponse:
    try:
        row.correct(**form.cleaned_data)
    except ApplicantIsBlocked as blocked:
        return show_blocked(request, row.invitation, blocked)
    except WrongStatus as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Исправлено. Заявка снова ждёт решения школы.")
    return redirect("invitations:receipt", token)
