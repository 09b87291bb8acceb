"""How far the move has come, to be read, printed and saved."""

from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from foundation.http import xlsx_response
from messenger.models import NothingToMove
from messenger.progress import in_words, progress_of, write_progress
from messenger.views.page import organization_context, organization_of
from organizations.models import Event


@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    found = progress_of(organization)
    context = organization_context(
        organization,
        progress=found,
        words=in_words(found.settled, len(found.classes), organization),
        nothing=NothingToMove.objects.filter(organization=organization).exists(),
    )
    return render(request, "messenger/progress.html", context)


@require_safe
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    file = BytesIO()
    write_progress(file, organization, progress_of(organization))
    Event.record("chats.exported", organization, organization, by=request.user)
    return xlsx_response(file.getvalue(), f"chaty-{organization.pk}-{timezone.localdate():%Y-%m-%d}.xlsx")
