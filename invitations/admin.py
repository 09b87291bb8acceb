"""The desk of the portal's staff: links act by their verbs, a request is a number, and a name opens one at a time."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from accounts.requests import SignedInRequest
from foundation.admin import ReadOnlyAdmin
from invitations.forms import NameForm
from invitations.models import Destruction, Invitation, JoinRequest
from organizations.models import Event

PEOPLE = ("full_name", "applicant_name", "phone", "email", "note", "reason_text")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = [
        "shown_code",
        "organization",
        "school_class",
        "role",
        "link_state",
        "places",
        "openings",
        "term",
        "alarm",
    ]
    list_filter = ["school_class__organization__region", "role", "mode", "alarm", "expires_on"]
    list_select_related = ["school_class__organization__region"]
    search_fields = ["code"]
    actions = ["revoke"]
    fields = [
        *("shown_code", "organization", "school_class", "role", "mode", "link_state", "places", "term"),
        *(
            "openings",
            "late",
            "paused_at",
            "pause_reason",
            "alarm",
            "trusted_until",
            "revoked_at",
            "replaced_by",
            "sferum_link",
            "sferum_link_renewed_at",
        ),
        *("issued_at", "issued_by"),
    ]

    @admin.display(description="код")
    def shown_code(self, invitation: Invitation) -> str:
        return invitation.shown_code

    @admin.display(description="организация")
    def organization(self, invitation: Invitation) -> str:
        return str(invitation.organization)

    @admin.display(description="состояние")
    def link_state(self, invitation: Invitation) -> str:
        return invitation.state.label

    @admin.display(description="действует", ordering="expires_on")
    def term(self, invitation: Invitation) -> str:
        return invitation.term_words

    @admin.display(description="открыли")
    def openings(self, invitation: Invitation) -> int:
        return invitation.openings

    @admin.display(description="подано заявок")
    def places(self, invitation: Invitation) -> str:
        return f"{invitation.used} из {invitation.limit}"

    @admin.action(description="Отозвать (например, ссылка утекла)")
    def revoke(self, request: SignedInRequest, invitations: QuerySet[Invitation]) -> None:
        self.each(request, invitations, lambda link: link.revoke(by=request.user))


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    """No search and no export: who has applied cannot be asked here."""

    list_display = ["number", "organization", "school_class", "role", "status", "created_at", "decided_at", "joined_at"]
    list_filter = ["organization__region", "status", "role", "created_at"]
    list_select_related = ["organization", "school_class"]
    actions = None
    fields = [
        *("number", "organization", "school_class", "role", "status", "reason", "created_at", "decided_at"),
        *("joined_at", "consent_version", "consent_at", "purge_after", "purged_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[JoinRequest]:
        return super().get_queryset(request).defer(*PEOPLE)

    def get_urls(self) -> list[URLPattern]:
        opened = self.admin_site.admin_view(self.open_name)
        return [path("<int:pk>/name/", opened, name="invitations_joinrequest_name"), *super().get_urls()]

    def open_name(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows one name in the answer to a POST that says why; the ground goes to the journal."""
        found = self.get_queryset(request).select_related("organization", "school_class").filter(pk=pk).first()
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        form = NameForm(request.POST if request.method == "POST" else None)
        is_open = form.is_valid()
        if is_open:
            ground = form.cleaned_data["ground"]
            Event.record("request.name-opened", found, found.organization, by=request.user, fields=[ground])  # type: ignore[arg-type]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Имя в заявке {found.number}",
            "opts": self.model._meta,
            "form": form,
            "found": found,
            "is_open": is_open,
        }
        return render(request, "admin/invitations/joinrequest/name.html", context)


@admin.register(Destruction)
class DestructionAdmin(ReadOnlyAdmin):
    list_display = ["at", "organization", "kind", "ground", "count", "filed_from", "filed_until"]
    list_filter = ["organization__region", "kind", "ground"]
