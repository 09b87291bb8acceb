"""A list on its way in: the file or the paste, the preview of what it would change, the confirmation."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.folding import look_alikes
from foundation.templatetags.portal import count
from foundation.verbs import WrongStatus
from invitations.list_changes import ListChange, remove_many
from invitations.list_forms import ConfirmForm, UploadForm
from invitations.models import ExpectedMember, ListDraft, ListGround, ListsChanged
from invitations.models.expected import NAME_FORMS
from invitations.models.list_draft import fingerprint_of
from invitations.statuses import role_word_many
from invitations.views.expected import administered, log_view
from organizations.models import Organization

_ROOM_FOR_MORE = 5  # so many names over the size of a class are not yet worth a word


@dataclass
class ListPreview:
    """One list of the preview, in words."""

    title: str
    change: ListChange
    doubts: list[str] = field(default_factory=list)

    @property
    def removed(self) -> list[ExpectedMember]:
        return self.change.removed

    @property
    def is_same(self) -> bool:
        return not (self.change.added or self.change.removed or self.change.respelled)


@never_cache
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = administered(request, pk)
    try:
        ListGround.objects.require(organization)
    except WrongStatus as error:
        messages.warning(request, str(error))
        return redirect("invitations:expected-ground", pk)
    is_sent = request.method == "POST"
    form = UploadForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"whose": request.GET.get("whose", "")},
        organization=organization,
    )
    if is_sent and form.is_valid() and form.reading:
        read = form.reading
        try:
            draft = ListDraft.objects.prepare(
                organization, read.lists, by=request.user, refused=read.refused, unread=read.unread
            )
        except WrongStatus as error:
            messages.warning(request, str(error))
            return redirect("invitations:expected-ground", pk)
        return redirect("invitations:expected-draft", pk, draft.pk)
    context = {"organization": organization, "tab": "expected", "form": form}
    return render(request, "invitations/expected_upload.html", context)


@require_safe
@never_cache
def preview(request: SignedInRequest, pk: int, draft_pk: int) -> HttpResponse:
    organization = administered(request, pk)
    draft = _draft(request, organization, draft_pk)
    if draft.saved_at:
        messages.info(request, "Этот список уже сохранён.")
        return redirect("invitations:expected", pk)
    try:
        changes = draft.changes()
    except WrongStatus as error:
        messages.warning(request, str(error))
        return redirect("invitations:expected-upload", pk)
    shown = [each for change in changes for each in (*change.added, *change.removed, *change.respelled)]
    log_view(request, organization, len(shown) + len(draft.refused))
    lists = [_in_words(organization, change) for change in changes]
    context = {
        "organization": organization,
        "tab": "expected",
        "draft": draft,
        "lists": lists,
        "added": sum(len(change.added) for change in changes),
        "removed": sum(len(change.removed) for change in changes),
        "same": sum(len(change.same) for change in changes),
        "is_nothing": all(each.is_same for each in lists),
        "is_held": remove_many(changes),
        "doubts": sum(len(each.doubts) for each in lists),
        "form": ConfirmForm(initial={"fingerprint": fingerprint_of(changes)}),
    }
    return render(request, "invitations/expected_draft.html", context)


@require_POST
def confirm(request: SignedInRequest, pk: int, draft_pk: int) -> HttpResponse:
    organization = administered(request, pk)
    draft = _draft(request, organization, draft_pk)
    form = ConfirmForm(request.POST)
    fingerprint = form.cleaned_data["fingerprint"] if form.is_valid() else ""
    is_confirmed = "removal" in request.POST
    try:
        changes = draft.confirm(fingerprint=fingerprint, confirmed_removal=is_confirmed, by=request.user)
    except WrongStatus as error:
        messages.warning(request, str(error))
        return redirect("invitations:expected-draft", pk, draft_pk)
    except ListsChanged:
        messages.warning(request, "За это время списки в портале изменились. Проверьте, что изменится теперь.")
        return redirect("invitations:expected-draft", pk, draft_pk)
    added, removed = (sum(map(len, each)) for each in zip(*((c.added, c.removed) for c in changes), strict=True))
    messages.success(request, f"Списки сохранены. Добавлено: {added}, убрано: {removed}.")
    return redirect("invitations:expected", pk)


@require_POST
def cancel(request: SignedInRequest, pk: int, draft_pk: int) -> HttpResponse:
    _draft(request, administered(request, pk), draft_pk).delete()
    messages.info(request, "Загруженное удалено, списки остались прежними.")
    return redirect("invitations:expected", pk)


def _draft(request: SignedInRequest, organization: Organization, draft_pk: int) -> ListDraft:
    mine = ListDraft.objects.manageable_by(request.user).filter(organization=organization)
    return get_object_or_404(mine.select_related("organization__region"), pk=draft_pk)


def _in_words(organization: Organization, change: ListChange) -> ListPreview:
    """What a person should look at is said, and stops nothing."""
    school_class, names = change.asked.school_class, change.asked.names
    who = role_word_many(change.asked.role, organization.words)
    doubts = [
        f"{name}: русские буквы смешаны с латинскими ({', '.join(mixed)})"
        for name in names
        if (mixed := look_alikes(name))
    ]
    doubts += [f"{name}: имя сокращено, полное в заявке не совпадёт" for name in names if "." in name]
    size = school_class.size if school_class else None
    if size and len(names) > size + _ROOM_FOR_MORE:
        doubts.insert(0, f"в списке {count(len(names), NAME_FORMS)}, а в классе {size}")
    return ListPreview(f"{school_class}, {who}" if school_class else f"{who.capitalize()} и сотрудники", change, doubts)
