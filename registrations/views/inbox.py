"""Letters that came in and found no case by themselves: read, led to a case by hand, or laid aside."""

import re

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from correspondence.inbox import attachment_content
from correspondence.models import IncomingAttachment
from foundation.fields import TextField
from foundation.folding import fold
from foundation.verbs import attempt
from organizations.models import Coordinator, Organization
from registrations.answers import attach_with_thread
from registrations.matching import CASES, candidates
from registrations.models import Case, CaseLetter, InboxLetter
from registrations.models.inbox_letter import InboxLetterQuerySet
from registrations.statuses import SortingStatus
from registrations.views.cases import case_for

PER_PAGE = 25
MOST_FOUND = 20


class SearchForm(forms.Form):
    q = TextField(
        label="Номер обращения, организация или ИНН",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


def inbox_of(request: SignedInRequest) -> InboxLetterQuerySet:
    """The letters this person sorts; the same 404 for whoever sorts none."""
    is_regional = Coordinator.objects.acting().filter(user=request.user, municipality=None).exists()
    if not (request.user.is_staff or is_regional):
        raise Http404
    return InboxLetter.objects.visible_to(request.user)


def inbox_letter_for(request: SignedInRequest, pk: int) -> InboxLetter:
    letters = inbox_of(request).select_related("incoming__about", "incoming__mailbox", "region", "sorted_by")
    return get_object_or_404(letters, pk=pk)


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    letters = inbox_of(request)
    asked = request.GET.get("show", "")
    shown = SortingStatus(asked) if asked in SortingStatus.values else SortingStatus.WAITING
    counts = dict(letters.order_by().values_list("status").annotate(Count("pk")))
    rows = letters.filter(status=shown).select_related("incoming__about", "sorted_by")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tabs": [(status, status.label, counts.get(status, 0), status == shown) for status in SortingStatus],
        "shown": shown,
    }
    return render(request, "registrations/inbox.html", context)


@require_GET
def inbox_letter(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = inbox_letter_for(request, pk)
    territory = Organization.objects.manageable_by(request.user).listed()
    search = SearchForm(request.GET)
    query = search.cleaned_data["q"] if search.is_valid() else ""
    is_sorted = letter.status == SortingStatus.ATTACHED
    context = {
        "letter": letter,
        "incoming": letter.incoming,
        "case_letter": letter.case_letter if is_sorted else None,
        "candidates": [] if is_sorted else candidates(letter.incoming, territory),
        "search": search,
        "q": query,
        "found": found_cases(request, query) if fold(query) and not is_sorted else [],
    }
    return render(request, "registrations/inbox_letter.html", context)


def found_cases(request: SignedInRequest, query: str) -> list[Case]:
    """Cases by number, INN or name of the organization; those that wait for an answer first."""
    named = Q(number__icontains=query.strip().upper())
    words = Q()
    for word in fold(query).split():
        words &= Q(organization__search_key__contains=word)
    found: list[Case] = []
    for model in CASES:
        cases = model.objects.manageable_by(request.user).filter(named | words)
        found += cases.select_related("organization__region")[:MOST_FOUND]
    return sorted(found, key=lambda case: (not case.is_awaiting, not case.is_open))[:MOST_FOUND]


@require_POST
def inbox_attach(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = inbox_letter_for(request, pk)
    named = re.fullmatch(r"(registration|handover|help):([0-9]{1,18})", request.POST.get("case", ""))
    if named is None:
        raise Http404
    case = case_for(request, named[1], None, int(named[2]))

    def attach() -> str:
        number = attach_with_thread(letter, case, by=request.user)
        others = f" И ещё писем этой переписки: {number - 1}." if number > 1 else ""
        return f"Письмо отнесено к обращению {case.number}. Прочитайте его и отметьте, что ответили.{others}"

    return redirect(case) if attempt(request, attach) else redirect("registrations:inbox-letter", pk)


@require_POST
def inbox_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = inbox_letter_for(request, pk)
    attempt(request, lambda: letter.set_aside(by=request.user), "Отложено: письмо не по обращениям.")
    return redirect("registrations:inbox")


@require_POST
def inbox_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = inbox_letter_for(request, pk)
    attempt(request, lambda: letter.take_back(by=request.user), "Письмо снова ждёт разбора.")
    return redirect("registrations:inbox-letter", pk)


@require_POST
def letter_detach(request: SignedInRequest, pk: int, letter_pk: int) -> HttpResponse:
    """From the page of the case: whoever acts in it may say that the letter is about something else."""
    mine = CaseLetter.objects.manageable_by(request.user).incoming()
    one = get_object_or_404(mine, organization=pk, pk=letter_pk)
    page = one.case.get_absolute_url()
    letter = get_object_or_404(InboxLetter, incoming=one.incoming_id)
    attempt(request, lambda: letter.detach(by=request.user), "Письмо снято с обращения и ждёт разбора у координатора.")
    return redirect(page)


@require_GET
def attachment(request: SignedInRequest, incoming_pk: int, position: int) -> HttpResponse:
    """For saving only, whatever it is: nothing that a stranger sent is ever opened as a page of the portal."""
    on_case = CaseLetter.objects.manageable_by(request.user).filter(incoming=incoming_pk)
    unsorted = InboxLetter.objects.visible_to(request.user).filter(incoming=incoming_pk)
    if not (on_case.exists() or unsorted.exists()):
        raise Http404
    file = get_object_or_404(
        IncomingAttachment.objects.select_related("incoming"), incoming=incoming_pk, position=position
    )
    content = attachment_content(file.incoming, position)
    if content is None:
        raise Http404
    saved = {"Content-Disposition": content_disposition_header(True, file.name), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/octet-stream", headers=saved)
