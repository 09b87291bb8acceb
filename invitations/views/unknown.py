"""The page of a code that no school has issued: what the fraud looks like, and whom to call."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from invitations.join_forms import CodeForm
from organizations.models import Region


def unknown(request: HttpRequest) -> HttpResponse:
    """An unknown code belongs to no region: a department is named only where the portal serves a single one."""
    regions = list(Region.objects.order_by("pk")[:2])
    only = regions[0] if len(regions) == 1 else None
    context = {
        "form": CodeForm(),
        "department_name": only.department_name if only else "",
        "department_phone": only.department_phone if only else "",
    }
    return render(request, "invitations/unknown.html", context, status=404)
