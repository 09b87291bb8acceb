"""What one does with a case of whatever kind: send its letter, note that it went by hand, record the answer."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from registrations.answer_forms import ReplyForm
from registrations.forms import HandForm, LaterForm, queued_words
from registrations.models import Case, HandoverRequest, HelpRequest, RegistrationRequest
from registrations.views.pages import ANSWER_FORMS, case_page

AnyCase = RegistrationRequest | HandoverRequest | HelpRequest
CASES: dict[str, type[AnyCase]] = {
    "registration": RegistrationRequest,
    "handover": HandoverRequest,
    "help": HelpRequest,
}


def case_for(request: SignedInRequest, kind: str, pk: int | None, case_pk: int) -> AnyCase:
    """The case, under its organization's address; `pk` is None where the address does not name one."""
    cases = CASES[kind].objects.manageable_by(request.user).select_related("organization__region")
    place = {} if pk is None else {"organization": pk}
    return cast(AnyCase, get_object_or_404(cases, pk=case_pk, **place))


@require_POST
def submit(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    later = LaterForm(case.organization.region.zone, request.POST)
    if not later.is_valid():
        return case_page(request, case, later_form=later)
    attempt(request, lambda: case.submit(by=request.user, not_before=later.not_before), queued_words(later))
    return redirect(case)


@require_POST
def sent_by_hand(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    form = HandForm(request.POST)
    if not form.is_valid():
        return case_page(request, case, hand_form=form)
    attempt(request, lambda: case.record_sent_by_hand(by=request.user, **form.cleaned_data), "Записано: письмо ушло.")
    return redirect(case)


@require_POST
def repeat(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    attempt(request, lambda: case.repeat(by=request.user), "Повторное письмо поставлено в очередь.")
    return redirect(case)


@require_POST
def answer(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    form = ANSWER_FORMS[kind](request.POST)
    if not form.is_valid():
        return case_page(request, case, answer_form=form)
    attempt(request, lambda: form.save(case, by=request.user))
    return redirect(case)


@require_POST
def classify(request: SignedInRequest, kind: str, pk: int, case_pk: int, letter_pk: int) -> HttpResponse:
    """What a letter that came in means, by one button; the next step, the clock and the letters follow."""
    case = case_for(request, kind, pk, case_pk)
    letter = get_object_or_404(case.letters.incoming().select_related("incoming", kind), pk=letter_pk)
    if letter.outcome:
        messages.warning(request, letter.read_words)
        return redirect(case)
    form = ANSWER_FORMS[kind](request.POST, letter=letter)
    if not form.is_valid():
        return case_page(request, case, classified=form)
    attempt(request, lambda: form.save(case, by=request.user))
    return redirect(case)


@require_POST
def reply(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return case_page(request, case, reply_form=form)
    done = "Ответ поставлен в очередь: он уйдёт в той же переписке."
    attempt(request, lambda: case.reply(by=request.user, **form.cleaned_data), done)
    return redirect(case)


@require_POST
def withdraw(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    case = case_for(request, kind, pk, case_pk)
    assert isinstance(case, HandoverRequest | HelpRequest)  # noqa: S101 - the addresses know no other
    attempt(request, lambda: case.withdraw(by=request.user), "Отозвано.")
    return redirect(case)


@require_GET
def status(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    """The piece of the page that looks after itself; once the case has moved on, the whole page is drawn anew."""
    case = case_for(request, kind, pk, case_pk)
    response = render(request, "registrations/_status.html", {"case": case, "organization": case.organization})
    if request.GET.get("seen") != case.seen:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def letter_file(request: SignedInRequest, kind: str, pk: int, case_pk: int) -> HttpResponse:
    """The letter as a file that mail programs open ready to be sent."""
    case: Case = case_for(request, kind, pk, case_pk)
    response = HttpResponse(case.next_letter().eml, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="letter-{case.kind}-{case.pk}.eml"'
    response["Cache-Control"] = "no-store"
    return response
