"""Before letters about registration go for many organizations: each letter with its text, and who gets none and why."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.filters import OrganizationFilter
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet
from registrations.forms import MOST_AT_ONCE, FilingForm
from registrations.models import Filing, RegistrationRequest
from registrations.sorting import by_reason

PER_PAGE = 50


@require_POST
def preview(request: SignedInRequest) -> HttpResponse:
    """The same form walks the pages, recounts, and goes: nothing is kept before it is confirmed."""
    form = FilingForm(request.POST)
    rows = _chosen(request, form)
    if not 0 < rows.count() <= MOST_AT_ONCE:
        messages.warning(request, f"Отметьте организации в списке, от 1 до {MOST_AT_ONCE} за один раз.")
        return redirect(f"{reverse('coordination:organizations')}?{request.GET.urlencode()}")
    sorting = RegistrationRequest.objects.sort_out(rows)
    chosen = [*(one.organization_id for one in sorting.ready), *(skip.organization.pk for skip in sorting.skipped)]
    left_out = set(form.cleaned_data["left_out"]) & {one.organization_id for one in sorting.ready}
    page = Paginator(sorting.ready, PER_PAGE).get_page(request.POST.get("page"))
    context = {
        "chosen": chosen,
        "outside": len(set(form.cleaned_data["pk"]) - set(chosen)),
        "count": len(sorting.ready) - len(left_out),
        "left_out": left_out,
        "left_out_elsewhere": left_out - {one.organization_id for one in page},
        "groups": by_reason(sorting.skipped),
        "skipped": len(sorting.skipped),
        "page": page,
        "batch": _unused(form.cleaned_data["batch"]),
    }
    return render(request, "coordination/file.html", context)


def _chosen(request: SignedInRequest, form: FilingForm) -> OrganizationQuerySet:
    """The ticked organizations, or everything that the filter of the address finds."""
    mine = Organization.objects.supervised_by(request.user)
    if not form.is_valid():
        return mine.none()
    if request.POST.get("all") == "yes":
        return mine.listed().filter(pk__in=OrganizationFilter(request.GET, request.user).actionable.values("pk"))
    return mine.filter(pk__in=form.cleaned_data["pk"])


def _unused(batch: UUID | None) -> UUID:
    """Whoever comes back to the page after sending looks at a new filing."""
    is_known = batch is not None and not Filing.objects.filter(batch=batch).exists()
    return batch if batch and is_known else uuid4()
