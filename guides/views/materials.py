"""Links, recordings, articles and known problems: kept in order by the coordinator of the region.

Municipal coordinators see the list with its owners and dates; people see the help itself (reading.py).
"""

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from guides.forms import GuideForm
from guides.models import Guide
from guides.models.kept import regions_kept_by
from guides.statuses import GuideKind
from guides.whose import kept_region
from organizations.models import Coordinator


def materials(request: SignedInRequest) -> HttpResponse:
    user = request.user
    if not (user.is_staff or Coordinator.objects.acting().filter(user=user).exists()):
        raise Http404
    rows = Guide.objects.visible_to(user).select_related("region", "owner")
    kept = Guide.objects.manageable_by(user)
    context = {
        "rows": rows,
        "kept": set(kept.values_list("pk", flat=True)),
        "overdue": sum(row.is_overdue for row in rows),
        "broken": sum(row.broken_since is not None for row in rows),
        "region": regions_kept_by(user).first(),
        "is_live": settings.PORTAL_LIVE,
    }
    return render(request, "guides/materials.html", context)


def _kept(request: SignedInRequest) -> "QuerySet[Guide]":
    return Guide.objects.manageable_by(request.user).select_related("region")


def add(request: SignedInRequest) -> HttpResponse:
    region = kept_region(request)
    return _form(request, Guide(region=region, owner=request.user), "Новый материал", "Материал добавлен.")


def change(request: SignedInRequest, guide_pk: int) -> HttpResponse:
    guide = get_object_or_404(_kept(request), pk=guide_pk)
    return _form(request, guide, guide.title, "Материал изменён.")


def _form(request: SignedInRequest, guide: Guide, heading: str, done: str) -> HttpResponse:
    asked = {"kind": GuideKind.PROBLEM} if request.GET.get("kind") == GuideKind.PROBLEM else {}
    form = GuideForm(request.POST or None, instance=guide, user=request.user, initial=asked)
    if request.method == "POST" and form.is_valid():
        row: Guide = form.save(commit=False)
        attempt(request, lambda: row.keep(by=request.user, fields=form.changed_data), done)
        return redirect("guides:materials")
    context = {
        "heading": heading,
        "intro": "Его увидят все, кто открывает «Обучение и помощь», а на нужном шаге – и на странице организации.",
        "form": form,
        "cancel_url": reverse("guides:materials"),
        "keep": f"guide-{guide.pk or 'new'}",
    }
    return render(request, "foundation/form_page.html", context)


@require_POST
def reviewed(request: SignedInRequest, guide_pk: int) -> HttpResponse:
    guide = get_object_or_404(_kept(request), pk=guide_pk)
    attempt(
        request, lambda: guide.review(by=request.user), f"«{guide}»: проверено. Следующая проверка – через полгода."
    )
    return redirect("guides:materials")


def remove(request: SignedInRequest, guide_pk: int) -> HttpResponse:
    """The question first, then the act."""
    guide = get_object_or_404(_kept(request), pk=guide_pk)
    if request.method == "POST":
        attempt(request, lambda: guide.remove(by=request.user), "Материал удалён.")
        return redirect("guides:materials")
    context = {
        "question": f"Удалить материал «{guide}»?",
        "explanation": "Он исчезнет со страницы помощи и со страниц организаций. Вернуть его нельзя.",
        "submit": "Удалить",
        "cancel_url": reverse("guides:materials"),
    }
    return render(request, "foundation/confirm.html", context)
