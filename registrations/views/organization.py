"""Registration, first sign-in, change of administrator and questions of one organization."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from foundation.http import pdf_response
from foundation.verbs import attempt
from organizations.models import Organization
from registrations.entry import confirm_first_entry
from registrations.forms import AcceptForm, ConsentForm, LaterForm, NominateForm, QuestionForm, named, queued_words
from registrations.models import HandoverRequest, HelpRequest, RegistrationRequest
from registrations.papers import nomination_slip, successor_memo
from registrations.question_forms import STATED_FORMS, NumberMovedForm, StatedForm
from registrations.statuses import MAY_DISMISS, AcceptedHow, HandoverStatus, HelpTopic
from registrations.views.pages import (
    first_entry_page,
    handover_page,
    help_case_page,
    help_page,
    organization_for,
    question_form,
    registration_page,
    speaks_as,
)


@require_GET
def registration(request: SignedInRequest, pk: int) -> HttpResponse:
    return registration_page(request, organization_for(request, pk))


@require_POST
def registration_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own consent, the request and its letter, in one go."""
    organization = organization_for(request, pk)
    later = LaterForm(organization.region.zone, request.POST)
    administrator = organization.administrator
    is_self = administrator is not None and administrator.user_id == request.user.pk
    if is_self and administrator is not None and administrator.agreed_at is None:
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return registration_page(request, organization, consent_form=form, later_form=later)
    if not later.is_valid():
        return registration_page(request, organization, later_form=later)
    attempt(
        request,
        lambda: RegistrationRequest.objects.file(
            organization, by=request.user, agrees=is_self, not_before=later.not_before
        ),
        queued_words(later),
    )
    return redirect("registrations:registration", pk)


@require_POST
def registration_prepare(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Отправлю сама»: the request gets its number, so that the answer can be found by it."""
    organization = organization_for(request, pk)
    attempt(
        request,
        lambda: RegistrationRequest.objects.prepare(organization, by=request.user),
        "Письмо готово. Отправьте его и отметьте это здесь.",
    )
    return redirect("registrations:registration", pk)


@require_GET
def first_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_for(request, pk)
    trouble = request.GET.get("trouble", "")
    known = trouble in (HelpTopic.CODE, HelpTopic.NOT_THERE)
    return first_entry_page(request, organization, HelpTopic(trouble) if known else None)


@require_POST
def first_entry_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_for(request, pk)
    attempt(request, lambda: confirm_first_entry(organization, by=request.user), "Вход подтверждён.")
    return redirect("registrations:first-entry", pk)


@require_GET
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    return handover_page(request, organization_for(request, pk))


@require_POST
def handover_nominate(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_for(request, pk)
    nominated_by = speaks_as(request.user, organization)
    form = NominateForm(organization, request.POST, may_dismiss=nominated_by in MAY_DISMISS)
    if not form.is_valid():
        return handover_page(request, organization, nominate_form=form)
    attempt(
        request,
        lambda: HandoverRequest.objects.nominate(
            organization, named(form), nominated_by=nominated_by, by=request.user, **form.predecessor()
        ),
        "Новый администратор предложен. Права перейдут, когда он согласится.",
    )
    return redirect("registrations:handover", pk)


@require_GET
def handover_slip(request: SignedInRequest, pk: int, case_pk: int) -> HttpResponse:
    """For the new administrator without a mailbox: where to consent, with which code, until when."""
    changes = HandoverRequest.objects.manageable_by(request.user).filter(status=HandoverStatus.NOMINATED)
    case = get_object_or_404(changes.select_related("organization__region"), organization=pk, pk=case_pk)
    return pdf_response(nomination_slip(case), f"soglasie-{case.pk}.pdf")


@require_POST
def handover_accept(request: SignedInRequest, pk: int, case_pk: int) -> HttpResponse:
    """«Подтвердил по телефону»: whoever heard the consent answers for it by own name in the journal."""
    organizations = Organization.objects.supervised_by(request.user).filter(pk=pk)
    changes = HandoverRequest.objects.filter(organization__in=organizations).select_related("organization__region")
    case = get_object_or_404(changes, pk=case_pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return handover_page(request, case.organization, accept_form=form)
    attempt(
        request,
        lambda: case.accept(how=AcceptedHow.CALL, by=request.user),
        "Согласие записано: новый администратор действует с сегодняшнего дня.",
    )
    return redirect("registrations:handover", pk)


@require_GET
def help_list(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_for(request, pk)
    topic = request.GET.get("topic", "")
    form = question_form(organization, HelpTopic(topic)) if topic in HelpTopic.values else None
    return help_page(request, organization, form)


@require_POST
def help_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Writes the question down, and sends it unless the person carries the letter off («Отправлю сама»)."""
    organization = organization_for(request, pk)
    if stated := STATED_FORMS.get(request.POST.get("topic", "")):
        return _stated(request, organization, stated(organization, request.POST))
    form, later = QuestionForm(request.POST), LaterForm(organization.region.zone, request.POST)
    if not form.is_valid() or not later.is_valid():
        return help_page(request, organization, form, later_form=later)
    with transaction.atomic():
        case = HelpRequest.objects.prepare(organization, by=request.user, **form.cleaned_data)
        if "by_hand" not in request.POST and case.is_ready:
            attempt(request, lambda: case.submit(by=request.user, not_before=later.not_before), queued_words(later))
    return redirect(case)


def _stated(request: SignedInRequest, organization: Organization, form: StatedForm) -> HttpResponse:
    """The letter follows from the facts, so it is read once more before it goes."""
    if not form.is_valid():
        return help_page(request, organization, form)
    return redirect(form.record(by=request.user))


@require_POST
def number_moved(request: SignedInRequest, pk: int, case_pk: int) -> HttpResponse:
    questions = HelpRequest.objects.manageable_by(request.user).select_related("organization__region")
    case = get_object_or_404(questions, organization=pk, pk=case_pk, topic=HelpTopic.NUMBER_CHANGED)
    form = NumberMovedForm(request.POST)
    if not form.is_valid():
        return help_case_page(request, case, moved_form=form)
    attempt(request, lambda: case.confirm_number(by=request.user, **form.cleaned_data))
    return redirect(case)


@require_POST
def ask_number(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ready letter to the manager in one click: on which number is the organization registered?"""
    organization = organization_for(request, pk)
    case = HelpRequest.objects.ask_number(organization, by=request.user)
    if case.is_ready:
        attempt(request, lambda: case.submit(by=request.user), "Письмо менеджеру поставлено в очередь.")
    return redirect(case)


@require_GET
def help_case(request: SignedInRequest, pk: int, case_pk: int) -> HttpResponse:
    questions = HelpRequest.objects.manageable_by(request.user).select_related("organization__region", "answered_by")
    return help_case_page(request, get_object_or_404(questions, organization=pk, pk=case_pk))


@require_GET
def memo(request: SignedInRequest, pk: int) -> HttpResponse:
    return pdf_response(successor_memo(organization_for(request, pk)), f"pamyatka-{pk}.pdf")
