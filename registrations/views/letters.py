"""Letters out: those of one's territory, one letter with what became of it, and what may still be done with it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from accounts.models import User
from accounts.requests import SignedInRequest
from correspondence.advice import advice_for
from correspondence.models import LetterStatus, MailChannel
from correspondence.trouble import outgoing_trouble
from foundation.verbs import attempt
from organizations.models import Event
from registrations.filters import STATES, LetterFilter
from registrations.forms import AddressForm
from registrations.letters import queue_probe
from registrations.models import InboxLetter
from registrations.organization_letters import (
    Post,
    applicants_for,
    letters_for,
    may_probe,
    organizations_of,
)
from registrations.tables import LetterTable

PER_PAGE = 50


@require_GET
def letters(request: SignedInRequest) -> HttpResponse:
    found = LetterFilter(request.GET, request.user)
    rows_found = found.found.defer("text", "attempts", "server_reply")
    table = LetterTable(rows_found, exclude=["organization"] if found.one else [])
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    rows = [row.record for row in table.paginated_rows]
    table.organizations = organizations_of(rows)
    context = {
        "filter": found,
        "table": table,
        "count": table.paginator.count,
        **({} if found.one else _figures(request.user)),
        "may_probe": may_probe(request.user),
        "delay": outgoing_trouble,
        "one": found.one,
    }
    return render(request, "registrations/letters.html", context)


def _figures(user: User) -> dict[str, Any]:
    """Of the whole territory: how many letters stand where, each number with the filter that finds them."""
    counts = dict(letters_for(user).order_by().values_list("status").annotate(Count("pk")))
    unsorted = InboxLetter.objects.visible_to(user).waiting().count()
    states = [(name, label, sum(counts.get(s, 0) for s in group)) for name, (label, group) in STATES.items()]
    return {"states": states, "applicants": applicants_for(user), "unsorted": unsorted}


def post_for(request: SignedInRequest, pk: int) -> Post:
    return Post(get_object_or_404(letters_for(request.user), pk=pk), request.user)


def letter_page(request: SignedInRequest, post: Post, form: AddressForm | None = None) -> HttpResponse:
    context = {
        "post": post,
        "letter": post.letter,
        "advice": advice_for(post.letter),
        "attempts": [one | {"at": datetime.fromisoformat(one["at"])} for one in reversed(post.letter.attempts)],
        "form": form or (AddressForm() if post.may_type_address else None),
        "delay": outgoing_trouble,
    }
    return render(request, "registrations/letter.html", context)


@require_GET
def letter(request: SignedInRequest, pk: int) -> HttpResponse:
    return letter_page(request, post_for(request, pk))


@require_GET
def letter_status(request: SignedInRequest, pk: int) -> HttpResponse:
    """The piece of the page that looks after itself; once the letter has moved on, the whole page is drawn anew."""
    post = post_for(request, pk)
    context = {"post": post, "letter": post.letter, "advice": advice_for(post.letter)}
    response = render(request, "registrations/_letter_status.html", context)
    if request.GET.get("seen") != post.letter.status:
        response["HX-Refresh"] = "true"
    return response


def _back(request: SignedInRequest, post: Post) -> HttpResponse:
    """To the case's page, where a button stood there, else to the letter's own."""
    if request.POST.get("back") == "case" and post.case_letter is not None:
        return redirect(post.case_letter.case)
    return redirect("registrations:letter", post.letter.pk)


@require_POST
def letter_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """A letter that failed, or was kept in trial mode, goes once more under its own identity."""
    post = post_for(request, pk)
    attempt(request, post.resend, "Письмо снова поставлено в очередь.")
    return _back(request, post)


@require_POST
def letter_abort(request: SignedInRequest, pk: int) -> HttpResponse:
    post = post_for(request, pk)
    attempt(request, post.stop)
    return _back(request, post)


@require_POST
def letter_readdress(request: SignedInRequest, pk: int) -> HttpResponse:
    post = post_for(request, pk)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return letter_page(request, post, form)
    attempt(request, lambda: post.readdress(form.cleaned_data["to"]), "Письмо поставлено в очередь на новый адрес.")
    return redirect("registrations:letter", pk)


@require_POST
def probe(request: SignedInRequest) -> HttpResponse:
    """«Послать себе пробное письмо»: the very way that every letter goes, and a page that tells what became of it."""
    if not may_probe(request.user):
        raise Http404
    if not request.user.own_email:
        messages.warning(request, "У вас в портале нет своей почты: пробное письмо послать некуда.")
        return redirect("registrations:letters")
    sent = queue_probe(request.user)
    if sent.status == LetterStatus.QUEUED and not sent.attempt:
        Event.record("letter.tested", sent, by=request.user)
    return redirect("registrations:letter", sent.pk)


@require_POST
def channel_resume(request: SignedInRequest) -> HttpResponse:
    """«Попробовать сейчас»: whoever has mended the mail server does not wait for the end of the pause."""
    if not request.user.is_staff:
        raise Http404
    channel = MailChannel.current()
    if attempt(request, channel.resume, "Портал пробует отправить письма. Если получится, полоса исчезнет."):
        Event.record("mail.resumed", channel, by=request.user)
    return redirect("registrations:letters")
