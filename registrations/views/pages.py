"""The four pages of an organization's business with Sferum, drawn with whatever form came back with mistakes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import User
from accounts.requests import SignedInRequest
from organizations.models import Appointment, Organization
from organizations.statuses import Kind
from registrations.answer_forms import (
    AnswerForm,
    HandoverAnswerForm,
    HelpAnswerForm,
    RegistrationAnswerForm,
    ReplyForm,
)
from registrations.forms import AcceptForm, ConsentForm, HandForm, LaterForm, NominateForm, QuestionForm
from registrations.hints import Hint, hint_of
from registrations.models import Case, CaseLetter, HandoverRequest, HelpRequest, RegistrationRequest
from registrations.models.case import MOST_UNREAD
from registrations.models.help import USUAL_ADDRESSEE, ready_letter
from registrations.outgoing import gaps_of
from registrations.question_forms import STATED_FORMS, NumberMovedForm, StatedForm
from registrations.statuses import MAY_DISMISS, HelpTopic, NominatedBy

ANSWER_FORMS: dict[str, type[AnswerForm]] = {
    "registration": RegistrationAnswerForm,
    "handover": HandoverAnswerForm,
    "help": HelpAnswerForm,
}


def organization_for(request: SignedInRequest, pk: int) -> Organization:
    """The organization if this person may act in it; the same 404 as for one that is not there otherwise."""
    return get_object_or_404(Organization.objects.manageable_by(request.user).select_related("region"), pk=pk)


def case_context(case: Case | None, forms: dict[str, Any]) -> dict[str, Any]:
    """What the shared pieces of a case's page need."""
    if case is None:
        return {"case": case, **forms}
    later = LaterForm(case.organization.region.zone)
    if case.pk is None:
        return {"case": case, "later_form": later, **forms}
    return {
        "case": case,
        "later_form": later,
        "letters": case.letters.select_related("letter", "incoming__about", "by")
        .prefetch_related("incoming__attachments")
        .order_by("-pk"),
        "arrived": arrived(case, forms.pop("classified", None)),
        "hand_form": HandForm(),
        "answer_form": ANSWER_FORMS[case.kind](),
        "reply_form": ReplyForm(),
        **forms,
    }


@dataclass(frozen=True)
class Arrived:
    """A letter that came in and waits for somebody to say what it means."""

    letter: CaseLetter
    form: AnswerForm
    hint: Hint | None


def arrived(case: Case, classified: AnswerForm | None) -> list[Arrived]:
    """Each with its form; `classified` is the one that came back with mistakes."""
    return _with_forms(case.kind, case.unread, classified)


def arrived_late(model: type[RegistrationRequest | HandoverRequest], organization: Organization) -> list[Arrived]:
    """Letters on cases that are closed: they change nothing, but somebody has to have read them."""
    closed = model.objects.filter(organization=organization).exclude(status__in=model.OPEN)
    letters = CaseLetter.objects.unread().filter(**{f"{model.kind}__in": closed}).order_by("pk")
    return _with_forms(
        model.kind,
        letters.select_related("incoming__about", f"{model.kind}__organization__region")[:MOST_UNREAD],
        None,
    )


def _with_forms(kind: str, letters: Iterable[CaseLetter], classified: AnswerForm | None) -> list[Arrived]:
    rows = []
    for letter in letters:
        is_typed = classified is not None and classified.letter == letter
        form = classified if is_typed and classified else ANSWER_FORMS[kind](letter=letter)
        rows.append(Arrived(letter, form, hint_of(kind, letter.own_words) if letter.case.is_open else None))
    return rows


def registration_page(request: SignedInRequest, organization: Organization, **forms: Any) -> HttpResponse:
    requests = list(
        RegistrationRequest.objects.filter(organization=organization).select_related("answered_by", "moved_by")
    )
    case = next((one for one in requests if one.is_open), None)
    if case is None and not organization.is_registered:
        case = RegistrationRequest.unnumbered(organization)
    if case is not None:
        case.organization = organization
    administrator = organization.administrator
    is_self = administrator is not None and administrator.user_id == request.user.pk
    asks_consent = is_self and administrator is not None and administrator.agreed_at is None
    context = {
        "organization": organization,
        "tab": "registration",
        "past": [one for one in requests if not one.is_open],
        "late": arrived_late(RegistrationRequest, organization),
        "outgoing": case.next_letter() if case and case.is_ready else None,
        "gaps": gaps_of(organization, needs_consent=not is_self) if case and case.is_ready else (),
        "consent_form": ConsentForm() if asks_consent else None,
        **case_context(case, forms),
    }
    return render(request, "registrations/registration.html", context)


def handover_page(request: SignedInRequest, organization: Organization, **forms: Any) -> HttpResponse:
    changes = list(
        HandoverRequest.objects.filter(organization=organization).select_related("answered_by", "moved_by", "opened_by")
    )
    case = next((one for one in changes if one.is_open), None)
    if case is not None:
        case.organization = organization
    speaker = speaks_as(request.user, organization)
    context = {
        "organization": organization,
        "tab": "handover",
        "past": [one for one in changes if not one.is_open],
        "late": arrived_late(HandoverRequest, organization),
        "outgoing": case.next_letter() if case and case.is_ready else None,
        "nominate_form": None if case else NominateForm(organization, may_dismiss=speaker in MAY_DISMISS),
        "accept_form": AcceptForm(),
        "may_judge": Organization.objects.supervised_by(request.user).filter(pk=organization.pk).exists(),
        "successor": successor_of(changes, organization),
        **case_context(case, forms),
    }
    return render(request, "registrations/handover.html", context)


def successor_of(changes: list[HandoverRequest], organization: Organization) -> Appointment | None:
    """The administrator of today, where a change of administrator brought that person."""
    person = organization.administrator
    came = person is not None and any(one.appointment_id == person.pk for one in changes)
    return person if came else None


def speaks_as(user: User, organization: Organization) -> NominatedBy:
    """In whose place this person names a new administrator."""
    person = organization.administrator
    if person is not None and person.user_id == user.pk:
        return NominatedBy.ADMINISTRATOR
    is_above = Organization.objects.supervised_by(user).filter(pk=organization.pk).exists()
    return NominatedBy.COORDINATOR if is_above else NominatedBy.DEPUTY


def question_form(organization: Organization, topic: HelpTopic) -> QuestionForm | StatedForm:
    """A new question with its letter ready, to be edited; or what the letter needs to be told."""
    if stated := STATED_FORMS.get(topic):
        return stated(organization)
    return QuestionForm(
        initial={
            "topic": topic,
            "addressee": USUAL_ADDRESSEE[topic],
            "question": ready_letter(topic, organization)[1],
        }
    )


def help_page(
    request: SignedInRequest, organization: Organization, form: QuestionForm | StatedForm | None, **forms: Any
) -> HttpResponse:
    questions = HelpRequest.objects.filter(organization=organization).select_related("organization__region")
    context = {
        "organization": organization,
        "tab": "help",
        "questions": questions,
        "topics": HelpTopic.choices,
        "topic": form.topic if isinstance(form, StatedForm) else form["topic"].value() if form else "",
        "is_stated": isinstance(form, StatedForm),
        "form": form,
        "later_form": LaterForm(organization.region.zone),
        **forms,
    }
    return render(request, "registrations/help.html", context)


def entry_words(organization: Organization) -> dict[str, str]:
    if organization.kind == Kind.SCHOOL:
        return {"there": "Школа на месте", "not_there": "Вошла, но школы нет"}
    return {"there": "Организация на месте", "not_there": "Вошла, но организации нет"}


def first_entry_page(request: SignedInRequest, organization: Organization, trouble: HelpTopic | None) -> HttpResponse:
    questions = HelpRequest.objects.open().filter(organization=organization).exclude(topic=HelpTopic.OTHER)
    context = {
        "organization": organization,
        "tab": "registration",
        "trouble": trouble,
        "topic": trouble or "",
        "place_words": entry_words(organization),
        "form": question_form(organization, trouble) if trouble else None,
        "questions": questions,
        "number_question": next((one for one in questions if one.topic == HelpTopic.NUMBER_UNKNOWN), None),
    }
    return render(request, "registrations/first_entry.html", context)


def help_case_page(request: SignedInRequest, case: HelpRequest, **forms: Any) -> HttpResponse:
    context = {
        "organization": case.organization,
        "tab": "help",
        "outgoing": case.next_letter() if case.is_ready else None,
        "moved_form": NumberMovedForm(),
        **case_context(case, forms),
    }
    return render(request, "registrations/help_case.html", context)


def case_page(request: SignedInRequest, case: Case, **forms: Any) -> HttpResponse:
    """The page on which a case lives, for a form that came back with mistakes."""
    if isinstance(case, HelpRequest):
        return help_case_page(request, case, **forms)
    page = registration_page if isinstance(case, RegistrationRequest) else handover_page
    return page(request, case.organization, **forms)
