"""Classes of the academic year: a grid for a school, names of groups for the others."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from organizations.forms import ClassForm, ClassGridForm, GroupsForm
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import GRADES, SECTIONS, academic_year_of, fold_section
from organizations.statuses import Kind

USUAL_SECTIONS = 6


def _sections(request: SignedInRequest, classes: list[SchoolClass]) -> str:
    """The letters of the grid: six, or as many as the school has or asks for by `?letters=`."""
    asked = request.GET.get("letters", "")
    count = min(int(asked), len(SECTIONS)) if asked.isascii() and asked.isdigit() and len(asked) < 3 else USUAL_SECTIONS
    used = [SECTIONS.index(c.section) + 1 for c in classes if len(c.section) == 1 and c.section in SECTIONS]
    return SECTIONS[: max([count, 1, *used])]


def classes(request: SignedInRequest, pk: int) -> HttpResponse:
    organizations = Organization.objects.manageable_by(request.user).select_related("region", "municipality")
    organization = get_object_or_404(organizations, pk=pk)
    year = academic_year_of(timezone.localdate())
    there = list(organization.classes.filter(academic_year=year, archived_at=None))
    is_school = organization.kind == Kind.SCHOOL
    sections = _sections(request, there)
    data = request.POST or None
    form = ClassGridForm(sections, data) if is_school else GroupsForm(data)
    if request.method == "POST" and form.is_valid():
        added = SchoolClass.objects.add_many(organization, year, form.drafts(), by=request.user)
        _say(request, organization, len(added), len(form.drafts()))
        return redirect("organizations:classes", pk)
    return render(
        request,
        "organizations/classes.html",
        {
            "organization": organization,
            "tab": "classes",
            "form": form,
            "classes": there,
            "year": f"{year}/{(year + 1) % 100:02d}",
            "grid": _grid(sections, there, request.POST.getlist("cells")) if is_school else None,
            "sections": sections,
            "more_letters": min(len(sections) + 6, len(SECTIONS)),
        },
    )


def _say(request: SignedInRequest, organization: Organization, added: int, asked: int) -> None:
    word = organization.words.klasses.capitalize()
    if added:
        rest = f", уже были: {asked - added}" if asked > added else ""
        messages.success(request, f"{word} добавлены: {added}{rest}.")
    else:
        messages.info(request, f"{word} уже есть, добавлять нечего.")


def _grid(sections: str, classes: list[SchoolClass], ticked: list[str]) -> list[dict[str, object]]:
    """Rows of the grid: for each parallel its cells with the class that is there, or the tick that was set."""
    there = {(c.grade, fold_section(c.section)): c for c in classes}
    return [
        {
            "grade": grade,
            "cells": [
                {
                    "value": f"{grade}|{section}",
                    "label": f"{grade} «{section}»",
                    "there": there.get((grade, section)),
                    "ticked": f"{grade}|{section}" in ticked,
                }
                for section in sections
            ],
        }
        for grade in GRADES
    ]


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
