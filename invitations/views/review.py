"""The school's desk for join requests: names are shown here and nowhere above the school."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import plural
from foundation.verbs import attempt
from invitations.forms import RejectForm, RequestFilter, SelectionForm
from invitations.models import JoinRequest
from invitations.models.decisions import Decided
from invitations.statuses import Reason, RequestStatus, Role
from organizations.models import Event, Organization

PAGE = 100
NAMED = 5  # how many of those that were decided by somebody else a message names


@require_safe
@never_cache
def requests(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _mine(request, pk)
    rows = JoinRequest.objects.filter(organization=organization)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    found = RequestFilter(request.GET, rows, organization=organization)
    listed = found.qs if found.is_valid() else rows
    listed = listed.select_related("school_class", "organization", "decided_by").waiting_first()
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    _log_view(request, organization, len(page))
    context = {
        "organization": organization,
        "tab": "requests",
        "page": page,
        "filter": found,
        "pending": counts.get(RequestStatus.PENDING, 0),
        "to_join": rows.checked_not_joined().count(),
        "total": sum(counts.values()),
        "back": request.GET.urlencode(),
    }
    return render(request, "invitations/requests.html", context)


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """One click accepts one; a selection is asked about by its number. A teacher only by the question about knowing."""
    organization = _mine(request, pk)
    form = SelectionForm.of(request)
    if not form.is_valid():
        return _refused(request, organization, form)
    chosen = _chosen(organization, form)
    waiting = _waiting(chosen)
    teachers = sum(row.role == Role.TEACHER for row in waiting)
    alone = len(form.cleaned_data["ids"]) == 1
    if "confirmed" not in request.POST and alone and teachers:
        question, words = "Вы лично знаете этого сотрудника?", "Он будет писать детям. Не знаете – сначала позвоните."
        return _ask(request, organization, form, question, words, "Да, знаю. Принять", is_gentle=True)
    if "confirmed" not in request.POST and not alone and len(waiting) > teachers:
        question = f"Принять {_in_words([row for row in waiting if row.role != Role.TEACHER])}?"
        words = f"Заявки сотрудников принимают по одной, они останутся: {teachers}." if teachers else ""
        return _ask(request, organization, form, question, words, "Принять", is_gentle=True)
    decided = chosen.accept(by=request.user, knows_personally=alone)
    return _tell(request, organization, form, decided, "Принято заявок")


@require_POST
def reject(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _mine(request, pk)
    selection = SelectionForm.of(request)
    if not selection.is_valid():
        return _refused(request, organization, selection)
    chosen = _chosen(organization, selection)
    waiting = _waiting(chosen)
    if not waiting:
        late = Decided(won=[], beaten=list(chosen.for_decision()), left=[])
        return _tell(request, organization, selection, late, "")
    if "confirmed" in request.POST:
        form = RejectForm(request.POST)
        if form.is_valid():
            reason, words = Reason(form.cleaned_data["reason"]), form.cleaned_data["reason_text"]
            decided = chosen.reject(by=request.user, reason=reason, reason_text=words)
            return _tell(request, organization, form, decided, "Отклонено заявок")
    else:
        form = RejectForm(initial=selection.cleaned_data)
    question = f"Отклонить {_in_words(waiting)}?"
    return _ask(request, organization, selection, question, "Причину увидит заявитель.", "Отклонить", form=form)


@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody took the consent back after the decision; asked about first, because nothing brings the data back."""
    organization = _mine(request, pk)
    form = SelectionForm.of(request)
    row = _chosen(organization, form).first() if form.is_valid() else None
    if row is None:
        return _refused(request, organization, form)
    if "confirmed" not in request.POST:
        words = "Решение и номер останутся, имя и контакты исчезнут до конца следующих суток. Вернуть их нельзя."
        return _ask(request, organization, form, f"Уничтожить данные заявки {row.number}?", words, "Уничтожить")
    done = f"Данные заявки {row.number} будут уничтожены до конца следующих суток."
    attempt(request, lambda: row.forget(by=request.user), done)
    return redirect(_list_url(organization, form))


@require_safe
@never_cache
def tick_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Проверены – примите в Сферуме»: by class, for the screen and for paper."""
    organization = _mine(request, pk)
    rows = JoinRequest.objects.filter(organization=organization).checked_not_joined()
    place = ["site", "grade", "section", "group_name", "pk"]
    listed = list(
        rows.select_related("school_class", "organization", "invitation").order_by(
            *[f"school_class__{name}" for name in place], "role", "full_name", "pk"
        )
    )
    _log_view(request, organization, len(listed))
    classes = [(c, list(group)) for c, group in groupby(listed, key=lambda row: row.school_class)]
    context = {"organization": organization, "tab": "requests", "classes": classes, "total": len(listed)}
    return render(request, "invitations/tick_list.html", context)


@require_POST
def join_marks(request: SignedInRequest, pk: int) -> HttpResponse:
    """The administrator says: these people are in the class at Sferum now."""
    organization = _mine(request, pk)
    form = SelectionForm.of(request)
    if form.is_valid():
        joined = _chosen(organization, form).mark_joined(by=request.user)
        messages.success(request, f"Отмечено принятых в Сферуме: {len(joined)}.")
    else:
        messages.warning(request, "Отметьте тех, кого вы уже приняли в Сферуме.")
    return redirect("invitations:tick-list", organization.pk)


def _mine(request: SignedInRequest, pk: int) -> Organization:
    mine = Organization.objects.administered_by(request.user).select_related("region")
    return get_object_or_404(mine, pk=pk)


def _chosen(organization: Organization, form: SelectionForm) -> Any:
    return JoinRequest.objects.filter(organization=organization, pk__in=form.cleaned_data["ids"])


def _waiting(chosen: Any) -> list[JoinRequest]:
    return list(chosen.pending().select_related("school_class"))


def _in_words(rows: list[JoinRequest]) -> str:
    """«14 заявок, 7 «Б»»: the number, and the class where it is one."""
    classes = {row.school_class for row in rows}
    place = f", {classes.pop()}" if len(classes) == 1 else ""
    return f"{len(rows)} {plural(len(rows), 'заявку,заявки,заявок')}{place}"


def _log_view(request: SignedInRequest, organization: Organization, count: int) -> None:
    """Every look at a list with names leaves a line, with how many rows were on the page."""
    if count and request.method == "GET":
        Event.record("requests.viewed", organization, organization, by=request.user, fields=[f"rows:{count}"])


def _list_url(organization: Organization, form: SelectionForm) -> str:
    """Back to the same filters; only a query string comes from the form, so it cannot lead elsewhere."""
    back = QueryDict(form.cleaned_data.get("back", "")).urlencode()
    return reverse("invitations:requests", args=[organization.pk]) + (f"?{back}" if back else "")


def _refused(request: SignedInRequest, organization: Organization, form: SelectionForm) -> HttpResponse:
    messages.warning(request, "Отметьте хотя бы одну заявку.")
    return redirect(_list_url(organization, form))


def _ask(
    request: SignedInRequest,
    organization: Organization,
    selection: SelectionForm,
    question: str,
    explanation: str,
    submit: str,
    form: RejectForm | None = None,
    is_gentle: bool = False,
) -> HttpResponse:
    context = {
        "question": question,
        "explanation": explanation,
        "form": form or selection,
        "submit": submit,
        "is_gentle": is_gentle,
        "cancel_url": _list_url(organization, selection),
    }
    return render(request, "foundation/confirm.html", context)


def _tell(
    request: SignedInRequest, organization: Organization, form: SelectionForm, decided: Decided, done: str
) -> HttpResponse:
    if decided.won:
        messages.success(request, f"{done}: {len(decided.won)}.")
    if decided.beaten:
        named = "; ".join(row.decided_words() for row in decided.beaten[:NAMED])
        more = f" и ещё {len(decided.beaten) - NAMED}" if len(decided.beaten) > NAMED else ""
        messages.warning(request, f"Уже решено до вас: {named}{more}.")
    if decided.left:
        messages.warning(request, f"Заявки сотрудников принимают по одной, осталось: {len(decided.left)}.")
    return redirect(_list_url(organization, form))
