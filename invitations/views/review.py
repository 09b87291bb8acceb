"""The school's desk for join requests: names are shown here and nowhere above the school."""

from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from invitations.acceptance import accept_exact
from invitations.models import JoinRequest
from invitations.review import ReviewQueue
from invitations.review_forms import DeskForm, PostponeForm, RejectForm, later_day, moment_now
from invitations.views.selection import Selection, beaten_words, log_view, mine


@require_safe
@never_cache
def requests(request: SignedInRequest, pk: int) -> HttpResponse:
    organization, seen = mine(request, pk), moment_now()
    queue = ReviewQueue(organization, request.GET, by=request.user)
    page = queue.page(request.GET.get("page"))
    rows = queue.rows(page.object_list)
    log_view(request, organization, len(rows))
    context = {
        "organization": organization,
        "tab": "requests",
        "queue": queue,
        "page": page,
        "rows": rows,
        "back": request.GET.urlencode(),
        "seen": seen,
        "later": later_day(queue.today),
        "reject_form": RejectForm(organization=organization, rows=[], auto_id="reject_%s"),
        "later_form": PostponeForm(organization=organization, auto_id="later_%s"),
    }
    return render(request, "invitations/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def exact(request: SignedInRequest, pk: int) -> HttpResponse:
    """The green pile by one confirmed act: exactly those whose number was shown, never who came meanwhile."""
    organization = mine(request, pk)
    if request.method == "POST":
        return _accept_exact(Selection(request, organization, DeskForm.of(request)))
    queue = ReviewQueue(organization, request.GET)
    if not queue.green:
        messages.warning(request, "Совпавших со списком, которых можно принять разом, сейчас нет.")
        return redirect("invitations:requests", organization.pk)
    context = {
        "organization": organization,
        "tab": "requests",
        "green": len(queue.green),
        "classes": queue.by_class(queue.green),
        "left": queue.left_out(),
        "keys": ",".join(map(str, queue.green)),
        "minutes": settings.DECISION_UNDO_MINUTES,
        "back": request.GET.urlencode(),
    }
    return render(request, "invitations/requests_exact.html", context)


def _accept_exact(selection: Selection) -> HttpResponse:
    if not selection.is_good:
        return selection.refuse()
    decided = accept_exact(selection.organization, selection.keys, by=selection.request.user)
    said = [(messages.SUCCESS, f"Принято заявок: {len(decided.won)}.")] if decided.won else []
    said += beaten_words(decided.beaten)
    if decided.left:
        words = "Не приняты, потому что больше не совпадают со списком или их принимают по одной"
        said.append((messages.WARNING, f"{words}: {len(decided.left)}."))
    return selection.answer(said)


@require_safe
@never_cache
def tick_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Проверены – примите в Сферуме»: by class, for the screen and for paper."""
    organization = mine(request, pk)
    rows = JoinRequest.objects.filter(organization=organization).checked_not_joined()
    place = ["site", "grade", "section", "group_name", "pk"]
    listed = list(
        rows.select_related("school_class", "organization", "invitation").order_by(
            *[f"school_class__{name}" for name in place], "role", "full_name", "pk"
        )
    )
    log_view(request, organization, len(listed))
    classes = [(c, list(group)) for c, group in groupby(listed, key=lambda row: row.school_class)]
    context = {"organization": organization, "tab": "requests", "classes": classes, "total": len(listed)}
    return render(request, "invitations/tick_list.html", context)


@require_POST
def join_marks(request: SignedInRequest, pk: int) -> HttpResponse:
    """The administrator says: these people are in the class at Sferum now."""
    chosen = Selection.of(request, pk)
    if chosen.is_good:
        joined = chosen.rows.mark_joined(by=request.user)
        messages.success(request, f"Отмечено принятых в Сферуме: {len(joined)}.")
    else:
        messages.warning(request, "Отметьте тех, кого вы уже приняли в Сферуме.")
    return redirect("invitations:tick-list", chosen.organization.pk)
