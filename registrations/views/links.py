"""Pages that a letter or a printed sheet leads to, without signing in: the head's answer, the new one's consent.

GET shows, POST acts: mail scanners and messengers open links by themselves.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.http import pdf_response
from foundation.limits import Limit, client_address, hit
from foundation.tokens import BadToken, ExpiredToken, Token, matches_paper_code, read, sign
from foundation.verbs import WrongStatus
from organizations.forms import PaperCodeForm
from registrations.forms import AcceptOwnForm, MistakeForm
from registrations.head_answers import answer_form
from registrations.models import HandoverRequest, Inquiry
from registrations.models.inquiry import PURPOSE
from registrations.papers import nomination_slip
from registrations.statuses import AcceptedHow, AnswerChannel, HandoverStatus, InquiryAnswer

TOO_OFTEN = "Слишком много попыток. Подождите час или позвоните по телефону с листа."
LINK_LIVES = timedelta(days=400)
"""Signatures outlive the rows they lead to: the rows say when their time is over, and to whom to turn."""


def read_or_404(purpose: str, token: str) -> Token:
    try:
        return read(purpose, token, LINK_LIVES)
    except ExpiredToken as error:
        return error.token
    except BadToken as error:
        raise Http404 from error


def gone(request: HttpRequest, why: str, organization: object) -> HttpResponse:
    context = {"why": why, "organization": organization, **department(organization)}
    return render(request, "registrations/link_over.html", context, status=410)


def department(organization: object) -> dict[str, str]:
    region = organization.region  # type: ignore[attr-defined]
    return {"department_name": region.department_name, "department_phone": region.department_phone}


def too_often(request: HttpRequest, key: str, most: int = 30) -> bool:
    return not hit(Limit(f"{key}:{client_address(request)}", most, 3600))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest, token: str) -> HttpResponse:
    """«Кто сейчас отвечает за Сферум?» The three answers, then the short form of the chosen one."""
    inquiry, over = inquiry_of(request, token)
    if inquiry is None or over is not None:
        return over or HttpResponse(status=404)
    if not inquiry.is_open:
        return answered_page(request, inquiry, token)
    answer = (request.POST or request.GET).get("answer", "")
    form = answer_form(inquiry, answer, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form is not None:
        if too_often(request, "who-answer"):
            return render(request, "registrations/too_often.html", department(inquiry.organization), status=429)
        if form.is_valid():
            try:
                form.record(by=None, channel=AnswerChannel.LETTER)
            except WrongStatus as error:
                form.add_error(None, str(error))
            else:
                return redirect("registrations:who", token)
    context = {
        "inquiry": inquiry,
        "organization": inquiry.organization,
        "answers": InquiryAnswer.choices,
        "answer": answer,
        "form": form,
        **department(inquiry.organization),
    }
    return render(request, "registrations/who.html", context)


@login_not_required
@never_cache
@require_POST
def who_mistake(request: HttpRequest, token: str) -> HttpResponse:
    inquiry, over = inquiry_of(request, token)
    if inquiry is None or over is not None:
        return over or HttpResponse(status=404)
    form = MistakeForm(request.POST)
    if too_often(request, "who-answer"):
        return render(request, "registrations/too_often.html", department(inquiry.organization), status=429)
    if form.is_valid():
        with suppress(WrongStatus):  # reported before: the page says when
            inquiry.report_mistake(words=form.cleaned_data["words"])
        return redirect("registrations:who", token)
    return answered_page(request, inquiry, token, form)


@login_not_required
@never_cache
@require_GET
def who_slip(request: HttpRequest, token: str) -> HttpResponse:
    """For the person whom the head has named and who has no mailbox; as long as consent is awaited."""
    inquiry, over = inquiry_of(request, token)
    if inquiry is None or over is not None:
        return over or HttpResponse(status=404)
    if inquiry.answer != InquiryAnswer.CHANGED:
        raise Http404
    changes = HandoverRequest.objects.filter(status=HandoverStatus.NOMINATED, nominee_email="")
    case = get_object_or_404(changes.select_related("organization__region"), organization=inquiry.organization)
    return pdf_response(nomination_slip(case), "soglasie.pdf")


def inquiry_of(request: HttpRequest, token: str) -> tuple[Inquiry | None, HttpResponse | None]:
    """The inquiry, and the page that says why its link is over, if it is."""
    found = read_or_404(PURPOSE, token)
    inquiry = get_object_or_404(Inquiry.objects.select_related("organization__region", "asked_by"), pk=found.object_id)
    timezone.activate(inquiry.organization.region.zone)
    if inquiry.withdrawn_at is not None or inquiry.version != found.version:
        return inquiry, gone(request, "withdrawn", inquiry.organization)
    if inquiry.is_open and inquiry.is_expired:
        return inquiry, gone(request, "expired", inquiry.organization)
    return inquiry, None


def answered_page(request: HttpRequest, inquiry: Inquiry, token: str, form: MistakeForm | None = None) -> HttpResponse:
    """Answered once: what, when, what happens next, and how to say that it is wrong."""
    organization = inquiry.organization
    handover = None
    if inquiry.answer == InquiryAnswer.CHANGED:
        handover = HandoverRequest.objects.open().filter(organization=organization).first()
    context = {
        "inquiry": inquiry,
        "organization": organization,
        "token": token,
        "handover": handover,
        "form": form or MistakeForm(),
        **department(organization),
    }
    return render(request, "registrations/who_answered.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who_type(request: HttpRequest) -> HttpResponse:
    """ИНН and code from the printed sheet lead to the same page as the link of a letter."""
    return typed(request, "registrations/who_type.html", inquiry_token)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover_type(request: HttpRequest) -> HttpResponse:
    return typed(request, "registrations/handover_type.html", handover_token)


def typed(request: HttpRequest, template: str, find: Callable[[str, str], str]) -> HttpResponse:
    form = PaperCodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, template, {"form": form})
    inn, code = form.cleaned_data["inn"], form.cleaned_data["code"]
    # The visitor's own limit is asked first: nobody can use up the organization's for everybody.
    allowed = not too_often(request, "paper-code", 20) and hit(Limit(f"paper-code-inn:{inn}", 60, 3600))
    if allowed and (path := find(inn, code)):
        return redirect(path)
    form.add_error("code", "Такой пары ИНН и кода нет. Проверьте оба по листу." if allowed else TOO_OFTEN)
    return render(request, template, {"form": form}, status=200 if allowed else 429)


def inquiry_token(inn: str, code: str) -> str:
    for one in Inquiry.objects.filter(organization__inn=inn, withdrawn_at=None)[:20]:
        if matches_paper_code(code, PURPOSE, one.pk, one.version):
            return f"/who/{one.token}/"
    return ""


def handover_token(inn: str, code: str) -> str:
    for one in HandoverRequest.objects.filter(organization__inn=inn)[:20]:
        if matches_paper_code(code, "handover", one.pk, one.token_version):
            return f"/handover/{sign('handover', one.pk, one.token_version)}/"
    return ""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, token: str) -> HttpResponse:
    """The new administrator accepts or refuses; until then the old one keeps the rights."""
    found = read_or_404("handover", token)
    changes = HandoverRequest.objects.select_related("organization__region")
    case = get_object_or_404(changes, pk=found.object_id, token_version=found.version)
    organization = case.organization
    timezone.activate(organization.region.zone)
    if case.status in (HandoverStatus.WITHDRAWN, HandoverStatus.EXPIRED):
        return gone(request, str(case.status), organization)
    if case.status == HandoverStatus.NOMINATED and not case.is_acceptable:
        return gone(request, "expired", organization)
    form = AcceptOwnForm(request.POST if request.method == "POST" and "refuse" not in request.POST else None)
    if request.method == "POST":
        if too_often(request, "handover-answer"):
            return render(request, "registrations/too_often.html", department(organization), status=429)
        try:
            if "refuse" in request.POST:
                case.withdraw()
                return redirect("registrations:handover-accept-link", token)
            if form.is_valid():
                case.accept(how=AcceptedHow.LINK)
                return redirect("registrations:handover-accept-link", token)
        except WrongStatus as error:
            form.add_error(None, str(error))
    context = {"case": case, "organization": organization, "form": form, **department(organization)}
    return render(request, "registrations/handover_accept.html", context)
