"""The school's lists of expected names: for its administrators alone, and every look at names leaves a line."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.folding import fold
from foundation.templatetags.portal import count
from foundation.verbs import attempt
from invitations.forms import LONGEST_KEY, SelectionForm
from invitations.list_forms import AddForm, GroundForm, SearchForm
from invitations.models import ExpectedMember, ListGround
from invitations.models.expected import NAME_FORMS
from invitations.models.invitation import roles_of
from invitations.statuses import Role, role_word_many
from organizations.models import Event, Organization, SchoolClass

PAGE = 200


@require_safe
@never_cache
def expected(request: SignedInRequest, pk: int) -> HttpResponse:
    """Classes and roles with their numbers; names stand on the page of each list."""
    organization = administered(request, pk)
    roles = roles_of(organization.region)
    counted = ExpectedMember.objects.filter(organization=organization).order_by()
    numbers: dict[tuple[int | None, str], dict[str, Any]] = {
        (row["school_class"], row["role"]): {**row}
        for row in counted.values("school_class", "role").annotate(total=Count("pk"), taken=Count("match"))
    }
    classes = list(organization.classes.current())
    context = {
        "organization": organization,
        "tab": "expected",
        "ground": ListGround.objects.filter(organization=organization).first(),
        "titles": [(role.value, role_word_many(role, organization.words).capitalize()) for role in roles],
        "rows": [(each, [(role.value, numbers.get((each.pk, role.value))) for role in roles]) for each in classes],
        "staff": numbers.get((None, Role.TEACHER)),
        "total": sum(row["total"] for row in numbers.values()),
    }
    return render(request, "invitations/expected.html", context)


@never_cache
def ground(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switches lists on, or corrects the document and the end of the wave."""
    organization = administered(request, pk)
    standing = ListGround.objects.filter(organization=organization).first()
    initial = {name: getattr(standing, name) for name in GroundForm.base_fields} if standing else None
    form = GroundForm(request.POST or None, initial=initial, organization=organization)
    if request.method == "POST" and form.is_valid():
        recorded = ListGround.objects.record(organization, **form.cleaned_data, by=request.user)
        messages.success(request, f"Записано: {recorded}. Списки включены.")
        return redirect("invitations:expected", pk)
    context = {"organization": organization, "tab": "expected", "form": form, "ground": standing}
    return render(request, "invitations/expected_ground.html", context)


@require_POST
def remove_ground(request: SignedInRequest, pk: int) -> HttpResponse:
    """Erases every list of the school; asked about first, with the number of names."""
    organization = administered(request, pk)
    standing = get_object_or_404(ListGround, organization=organization)
    if "confirmed" not in request.POST:
        number = count(organization.expected.count(), NAME_FORMS)
        context = {
            "question": f"Выключить списки и уничтожить {number}?",
            "explanation": "Решения по заявкам останутся. Вернуть имена нельзя: их придётся загрузить заново.",
            "submit": "Уничтожить списки",
            "cancel_url": reverse("invitations:expected", args=[pk]),
        }
        return render(request, "foundation/confirm.html", context)
    attempt(request, lambda: f"Списки выключены. Уничтожено: {count(standing.remove(by=request.user), NAME_FORMS)}.")
    return redirect("invitations:expected", pk)


@never_cache
def one_list(request: SignedInRequest, pk: int, class_pk: int | None = None, role: str = Role.TEACHER) -> HttpResponse:
    """The names of one class and role, or of the staff; one name is added here."""
    organization = administered(request, pk)
    school_class = _class(organization, class_pk, role)
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _add(request, organization, school_class, role, form)
    rows = list(ExpectedMember.objects.of_list(organization, school_class, role).with_taken())
    search = SearchForm(request.GET)
    asked = fold(search.cleaned_data["q"]) if search.is_valid() else ""
    found = [row for row in rows if asked in fold(row.full_name)]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    log_view(request, organization, len(page))
    context = {
        "organization": organization,
        "tab": "expected",
        "school_class": school_class,
        "role": role,
        "who": role_word_many(role, organization.words),
        "ground": ListGround.objects.filter(organization=organization).first(),
        "page": page,
        "total": len(rows),
        "taken": sum(row.is_taken for row in rows),
        "asked": asked,
        "search": search,
        "form": form,
    }
    return render(request, "invitations/expected_list.html", context)


def _add(
    request: SignedInRequest, organization: Organization, school_class: SchoolClass | None, role: str, form: AddForm
) -> HttpResponse:
    """Two of one name are two lines, but a second click is not a second pupil: a namesake is asked about."""
    name, address = form.cleaned_data["full_name"], list_address(organization, school_class, role)
    known = ExpectedMember.objects.of_list(organization, school_class, role).values_list("full_name", flat=True)
    if "confirmed" not in request.POST and fold(name) in map(fold, known):
        form.fields["full_name"].widget = form.fields["full_name"].hidden_widget()
        context = {
            "question": f"{name}: такой человек в списке уже есть. Это однофамилец?",
            "explanation": "Если это тот же человек, добавлять его не нужно.",
            "form": form,
            "submit": "Да, добавить второго",
            "is_gentle": True,
            "cancel_url": address,
        }
        return render(request, "foundation/confirm.html", context)
    attempt(
        request,
        lambda: ExpectedMember.objects.add_one(organization, school_class, role, name, by=request.user),
        f"Добавлено: {name}.",
    )
    return redirect(address)


@require_POST
def remove_name(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = administered(request, pk)
    form = SelectionForm.of(request)
    chosen = form.cleaned_data["ids"][:1] if form.is_valid() else []
    members = ExpectedMember.objects.filter(organization=organization, pk__in=chosen).with_taken()
    member = members.select_related("school_class", "organization__region").first()
    if member is None:
        messages.warning(request, "Этого имени в списке уже нет.")
        return redirect("invitations:expected", pk)
    address = list_address(organization, member.school_class, member.role)
    if "confirmed" not in request.POST:
        context: dict[str, Any] = {
            "question": f"Убрать из списка: {member.full_name}?",
            "explanation": "Заявка этого человека уже принята и такой останется." if member.is_taken else "",
            "form": form,
            "submit": "Убрать из списка",
            "cancel_url": address,
        }
        return render(request, "foundation/confirm.html", context)
    attempt(request, lambda: member.remove(by=request.user), f"Убрано из списка: {member.full_name}.")
    return redirect(address)


def administered(request: SignedInRequest, pk: int) -> Organization:
    mine = Organization.objects.administered_by(request.user).select_related("region", "municipality")
    return get_object_or_404(mine, pk=pk)


def list_address(organization: Organization, school_class: SchoolClass | None, role: str) -> str:
    if school_class is None:
        return reverse("invitations:expected-staff", args=[organization.pk])
    return reverse("invitations:expected-list", args=[organization.pk, school_class.pk, role])


def log_view(request: SignedInRequest, organization: Organization, names: int) -> None:
    """Every look at names leaves a line, with how many there were on the page."""
    if names:
        Event.record("expected.viewed", organization, organization, by=request.user, fields=[f"rows:{names}"])


def _class(organization: Organization, class_pk: int | None, role: str) -> SchoolClass | None:
    if class_pk is None:
        return None
    if role not in roles_of(organization.region) or len(str(class_pk)) > LONGEST_KEY:
        raise Http404
    return get_object_or_404(organization.classes.current(), pk=class_pk)
