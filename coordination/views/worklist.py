"""The work list: who needs a human today, putting one off, and taking it back."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.models import Snooze
from coordination.statuses import Reason
from coordination.views.desk import territory_of
from coordination.work_filters import WorkFilter
from coordination.work_forms import SnoozeForm
from coordination.worklist import WorkList
from foundation.verbs import attempt
from organizations.models import Organization

PER_PAGE = 25


class CountedPages(Paginator):  # type: ignore[type-arg]
    """Pages whose number is known from the counts of the reasons: no second count of the same rows."""

    def __init__(self, work: WorkList) -> None:
        super().__init__(work.rows, PER_PAGE)
        self.work = work

    @cached_property
    def count(self) -> int:
        key = "put_off" if self.work.put_off else self.work.reason or "all"
        return self.work.counts[key]


def worklist(request: SignedInRequest) -> HttpResponse:
    territory_of(request)
    found = WorkFilter(request.GET, request.user)
    work = found.work
    page = CountedPages(work).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "work": work,
        "page": page,
        "entries": work.entries(page.object_list),
        "has_nobody": not page.object_list and not Organization.objects.supervised_by(request.user).exists(),
        "reasons": [(reason, work.counts[reason]) for reason in Reason if work.counts[reason]],
    }
    return render(request, "coordination/worklist.html", context)


def snooze(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.supervised_by(request.user).select_related("region"), pk=pk)
    form, query = SnoozeForm(request.POST or None), request.GET.urlencode()
    back = f"{reverse('coordination:worklist')}?{query}" if query else reverse("coordination:worklist")
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: Snooze.objects.put_off(organization, **form.cleaned_data, by=request.user),
            f"Отложено: {organization.name}.",
        )
        return redirect(back)
    context = {
        "heading": f"Отложить: {organization.name}",
        "intro": "До этого дня организации не будет в списке дел, и портал ей не напоминает. "
        "Её видно под «Отложенные», вернуть можно раньше.",
        "form": form,
        "submit": "Отложить",
        "cancel_url": back if query else organization.get_absolute_url(),
        "keep": f"snooze-{pk}",
    }
    return render(request, "foundation/form_page.html", context)


@require_POST
def wake(request: SignedInRequest, pk: int) -> HttpResponse:
    snooze = get_object_or_404(Snooze.objects.supervised_by(request.user).select_related("organization"), pk=pk)
    attempt(request, lambda: snooze.wake(by=request.user), f"Снова в списке: {snooze.organization.name}.")
    return redirect("coordination:worklist")
