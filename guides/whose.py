"""Whose region a page of help is about, and whose help this person writes."""

from django.db.models import Q
from django.http import Http404, HttpRequest

from accounts.requests import SignedInRequest
from guides.forms import RegionForm
from guides.models.kept import regions_kept_by
from organizations.models import Coordinator, Organization, Region


def region_of(request: HttpRequest) -> Region | None:
    """The visitor's own region, the one that the address names, or the only one that there is."""
    user = request.user
    if user.is_authenticated:
        own = Region.objects.filter(
            Q(pk__in=Coordinator.objects.acting().filter(user=user).values("region"))
            | Q(pk__in=Organization.objects.administered_by(user).values("region"))
        ).first()
        if own is not None:
            return own
    named = _named(request)
    if named:
        return Region.objects.filter(code=named).first()
    regions = Region.objects.all()[:2]
    return regions[0] if len(regions) == 1 else None


def kept_region(request: SignedInRequest) -> Region:
    """The region to which this person may add help; the address names one where there are several. 404 for others."""
    kept = regions_kept_by(request.user)
    named = _named(request)
    region = kept.filter(code=named).first() if named else kept.first()
    if region is None:
        raise Http404
    return region


def _named(request: HttpRequest) -> str:
    form = RegionForm(request.GET)
    return form.cleaned_data["region"] if form.is_valid() else ""
