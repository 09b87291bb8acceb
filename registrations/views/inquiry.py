"""Сверка in the portal: one organization's history, the selection from the list, the sheets."""

import re

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from foundation.http import pdf_response
from foundation.verbs import attempt
from organizations.models import Organization
from registrations.forms import MOST_AT_ONCE
from registrations.head_answers import answer_form
from registrations.models import Inquiry
from registrations.papers import inquiry_sheets
from registrations.statuses import InquiryAnswer, InquiryChannel
from registrations.views.pages import organization_for


class BatchForm(forms.Form):
    batch = forms.UUIDField(required=False)


def organization_asked(request: SignedInRequest, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.supervised_by(request.user).select_related("region"), pk=pk)


@require_GET
def inquiry(request: SignedInRequest, pk: int) -> HttpResponse:
    """The school itself may look; only whoever coordinates it asks and records."""
    return inquiry_page(request, organization_for(request, pk), request.GET.get("answer", ""))


@require_POST
def inquiry_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks, or asks again with the same link."""
    organization = organization_asked(request, pk)
    open_one = Inquiry.objects.open().filter(organization=organization).select_related("organization__region").first()
    if open_one is not None:
        attempt(request, lambda: open_one.send_again(by=request.user), "Письмо руководителю поставлено в очередь.")
        return redirect("registrations:inquiry", pk)
    asked = Inquiry.objects.ask([organization], by=request.user)
    if asked.letters:
        messages.success(request, "Письмо руководителю поставлено в очередь.")
    elif asked.sheets:
        messages.success(request, "У организации нет почты: напечатайте лист и передайте руководителю.")
    else:
        messages.warning(request, "Спрашивать не о чем: организация не зарегистрирована или закрыта.")
    return redirect("registrations:inquiry", pk)


@require_POST
def inquiry_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the head said on the telephone, recorded under the coordinator's name."""
    organization = organization_asked(request, pk)
    inquiry = Inquiry.objects.open().filter(organization=organization).select_related("organization__region").first()
    inquiry = inquiry or Inquiry(organization=organization, asked_by=request.user, channel=InquiryChannel.CALL)
    form = answer_form(inquiry, request.POST.get("answer", ""), request.POST)
    if form is None:
        return redirect("registrations:inquiry", pk)
    if not form.is_valid():
        return inquiry_page(request, organization, request.POST["answer"], form)
    attempt(request, lambda: form.record_call(by=request.user), "Ответ записан.")
    return redirect("registrations:inquiry", pk)


@require_POST
def inquiry_withdraw(request: SignedInRequest, pk: int, inquiry_pk: int) -> HttpResponse:
    mine = Inquiry.objects.filter(organization__in=Organization.objects.supervised_by(request.user)).select_related(
        "organization__region"
    )
    inquiry = get_object_or_404(mine, organization=pk, pk=inquiry_pk)
    attempt(request, lambda: inquiry.withdraw(by=request.user), "Вопрос отозван, ссылка больше не действует.")
    return redirect("registrations:inquiry", pk)


@require_POST
def inquiry_ask(request: SignedInRequest) -> HttpResponse:
    """To the organizations ticked in the coordinator's list; the answer says what became of each."""
    chosen = [int(one) for one in request.POST.getlist("pk") if re.fullmatch(r"[0-9]{1,18}", one)][:MOST_AT_ONCE]
    asked = Inquiry.objects.ask(
        Organization.objects.supervised_by(request.user).filter(pk__in=chosen).select_related("region"), by=request.user
    )
    return render(request, "registrations/asked.html", {"asked": asked, "chosen": len(chosen)})


@require_GET
def inquiry_sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_asked(request, pk)
    mine = Inquiry.objects.open().filter(organization=organization).select_related("organization__region", "asked_by")
    return pdf_response(inquiry_sheets([get_object_or_404(mine)]), f"sverka-{organization.pk}.pdf")


@require_GET
def sheets_pdf(request: SignedInRequest) -> HttpResponse:
    """The sheets of one selection, or the open ones of the territory, as many as are asked for at once: a page each."""
    form = BatchForm(request.GET)
    sheets = Inquiry.objects.open().filter(
        organization__in=Organization.objects.supervised_by(request.user), channel=InquiryChannel.SHEET
    )
    if form.is_valid() and form.cleaned_data["batch"]:
        sheets = sheets.filter(batch=form.cleaned_data["batch"])
    pages = list(
        sheets.select_related("organization__region", "asked_by").order_by("organization__search_key")[:MOST_AT_ONCE]
    )
    if not pages:
        messages.info(request, "Листов для печати нет: у всех организаций есть почта, или на вопрос уже ответили.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return pdf_response(inquiry_sheets(pages), "sverka.pdf")


def inquiry_page(
    request: SignedInRequest, organization: Organization, answer: str, form: object = None
) -> HttpResponse:
    history = list(Inquiry.objects.filter(organization=organization).select_related("asked_by", "recorded_by"))
    open_one = next((one for one in history if one.is_open), None)
    if open_one is not None:
        open_one.organization = organization
    asked = open_one or Inquiry(organization=organization, asked_by=request.user, channel=InquiryChannel.CALL)
    context = {
        "organization": organization,
        "tab": "appointments",
        "history": history,
        "open": open_one,
        "may_ask": Organization.objects.supervised_by(request.user).filter(pk=organization.pk).exists(),
        "letter": open_one.letter() if open_one else None,
        "answers": InquiryAnswer.choices,
        "answer": answer if answer in InquiryAnswer.values else "",
        "form": form or answer_form(asked, answer),
    }
    return render(request, "registrations/inquiry.html", context)
