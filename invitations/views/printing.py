"""«Печать»: which paper of the kit, for which classes and roles. Whoever sees the school may print its links."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from foundation.http import pdf_response
from invitations.link_forms import PrintForm
from invitations.models import Invitation
from invitations.posters import print_pdf
from invitations.statuses import Paper
from organizations.models import Organization


@require_safe
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _visible(request, pk)
    return _page(request, organization, PrintForm(organization=organization, links=_links(organization)))


@require_safe
def kit(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _visible(request, pk)
    form = PrintForm(request.GET, organization=organization, links=_links(organization))
    if not form.is_valid():
        return _page(request, organization, form)
    paper = Paper(form.cleaned_data["paper"])
    return pdf_response(print_pdf(paper, form.cleaned_data["links"]), f"sferum-{paper}-{organization.pk}.pdf")


def _visible(request: SignedInRequest, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.user).select_related("region"), pk=pk)


def _links(organization: Organization) -> list[Invitation]:
    """In the order of the classes, for the pages of a class stand together."""
    order = ["site", "grade", "section", "group_name", "pk"]
    live = Invitation.objects.live().with_school().filter(school_class__in=organization.classes.current())
    return list(live.order_by(*[f"school_class__{name}" for name in order], "role"))


def _page(request: SignedInRequest, organization: Organization, form: PrintForm) -> HttpResponse:
    context = {"organization": organization, "tab": "invitations", "form": form}
    return render(request, "invitations/print.html", context)
