"""The applicant's own page, by its signed address and without an account: outcome, withdrawal, a mistyped name."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.tokens import BadToken, ExpiredToken, read
from foundation.verbs import WrongStatus
from invitations.letters import RECEIPT
from invitations.models import JoinRequest
from invitations.views.visitor import page_context

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
