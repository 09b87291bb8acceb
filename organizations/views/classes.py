"""Classes of the academic year: a grid for a school, names of groups for the others; one table of all of them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from organizations.class_grid import ClassBoard
from organizations.forms import ClassForm, ClassGridForm, ClassTableForm, GroupsForm
from organizations.models import Organization, SchoolClass


def classes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list and the grid; POST adds what was ticked."""
    board = _board(request, pk)
    form = _adding(board, request)
    if request.method == "POST" and form.is_valid():
        organization, drafts = board.organization, form.drafts()
        added = SchoolClass.objects.add_many(organization, board.year, drafts, by=request.user)
        _say(request, organization, len(added), len(drafts))
        return redirect(_address(pk, form.cleaned_data["site"]))
    return _page(request, board, form, _table(board, None))


@require_POST
def save_table(request: SignedInRequest, pk: int) -> HttpResponse:
    """Writes all touched lines of the list, or none where one is mistaken; says what somebody else changed first."""
    board = _board(request, pk)
    table = _table(board, request.POST)
    if not table.is_valid():
        return _page(request, board, _adding(board, None), table)
    changes = table.changes()
    beaten = SchoolClass.objects.change_many(board.organization, changes, by=request.user)
    if saved := len(changes) - len(beaten):
        messages.success(request, f"Сохранено строк: {saved}.")
    elif not changes:
        messages.info(request, "Ничего не изменено.")
    if not beaten:
        return redirect(_address(pk, board.site))
    # What was typed stays in the line, beside what the other person has written; a second press writes it.
    fresh = _board(request, pk)
    table = ClassTableForm.again(fresh.shown, board.organization.words.leader, request.POST, beaten)
    return _page(request, fresh, _adding(fresh, None), table)


def _board(request: SignedInRequest, pk: int) -> ClassBoard:
    organizations = Organization.objects.manageable_by(request.user).select_related("region", "municipality")
    return ClassBoard(get_object_or_404(organizations, pk=pk), request.GET, timezone.localdate())


def _adding(board: ClassBoard, request: SignedInRequest | None) -> ClassGridForm | GroupsForm:
    data = (request.POST or None) if request else None
    if not board.is_school:
        return GroupsForm(data)
    return ClassGridForm(board.sections, data, is_other_site=board.is_other_site, initial={"site": board.site})


def _table(board: ClassBoard, data: QueryDict | None) -> ClassTableForm:
    return ClassTableForm(board.shown, board.organization.words.leader, data)


def _address(pk: int, site: str) -> str:
    address = reverse("organizations:classes", args=[pk])
    return f"{address}?{urlencode({'site': site})}" if site else address


def _page(
    request: SignedInRequest, board: ClassBoard, form: ClassGridForm | GroupsForm, table: ClassTableForm
) -> HttpResponse:
    context = {
        "organization": board.organization,
        "tab": "classes",
        "board": board,
        "form": form,
        "table": table,
        "grid": board.grid(request.POST.getlist("cells")) if board.is_school else None,
    }
    return render(request, "organizations/classes.html", context)


def _say(request: SignedInRequest, organization: Organization, added: int, asked: int) -> None:
    word = organization.words.klasses.capitalize()
    if added:
        rest = f", уже были: {asked - added}" if asked > added else ""
        messages.success(request, f"{word} добавлены: {added}{rest}.")
    else:
        messages.info(request, f"{word} уже есть, добавлять нечего.")


def _class(request: SignedInRequest, pk: int, class_pk: int) -> SchoolClass:
    classes = SchoolClass.objects.manageable_by(request.user).select_related("organization__region")
    return get_object_or_404(classes, pk=class_pk, organization=pk, archived_at=None)


def edit_class(request: SignedInRequest, pk: int, class_pk: int) -> HttpResponse:
    school_class = _class(request, pk, class_pk)
    name = school_class.name
    form = ClassForm(request.POST or None, instance=school_class)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: school_class.change(by=request.user), f"Сохранено: {school_class.name}.")
        return redirect("organizations:classes", pk)
    return render(
        request,
        "organizations/class_form.html",
        {
            "organization": school_class.organization,
            "tab": "classes",
            "school_class": school_class,
            "form": form,
            "heading": name,
        },
    )


def archive_class(request: SignedInRequest, pk: int, class_pk: int) -> HttpResponse:
    school_class = _class(request, pk, class_pk)
    if request.method == "POST":
        attempt(request, lambda: school_class.archive(by=request.user), f"Убрано в архив: {school_class.name}.")
        return redirect("organizations:classes", pk)
    return render(
        request,
        "foundation/confirm.html",
        {
            "question": f"Убрать в архив: {school_class.name}?",
            "explanation": "Новые ссылки выпускать будет нельзя. Заявки и решения сохранятся.",
            "submit": "Убрать в архив",
            "cancel_url": school_class.get_absolute_url(),
        },
    )
