"""Letters about registration for many organizations: the confirmed selection goes; what came of it is found again."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from correspondence.models import LetterStatus
from foundation.http import xlsx_response
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Event, Organization
from registrations.forms import FilingForm
from registrations.models import CaseLetter, Filing, RegistrationRequest
from registrations.models.case_letter_set import CaseLetterQuerySet
from registrations.sorting import by_reason

PER_PAGE = 50
# What a coordinator tells apart of a letter's states, in this order: key in the address, words, the states.
STATES = {
    "moving": ("в очереди", (LetterStatus.QUEUED, LetterStatus.SENDING)),
    "sent": (LetterStatus.SENT.label, (LetterStatus.SENT,)),
    "failed": (LetterStatus.FAILED.label, (LetterStatus.FAILED,)),
    "kept": (LetterStatus.KEPT.label, (LetterStatus.KEPT,)),
    "aborted": (LetterStatus.ABORTED.label, (LetterStatus.ABORTED,)),
}


@dataclass(frozen=True)
class Progress:
    lines: list[tuple[str, str, int]]
    """Key, words and number of each state; those in which no letter is are left out."""

    @property
    def total(self) -> int:
        return sum(number for _, _, number in self.lines)

    @property
    def moving(self) -> int:
        return sum(number for key, _, number in self.lines if key == "moving")

    @property
    def done(self) -> int:
        return self.total - self.moving


def progress_of(letters: CaseLetterQuerySet) -> Progress:
    found = dict(letters.order_by().values_list("letter__status").annotate(Count("pk")))
    lines = [(key, words, sum(found.get(one, 0) for one in states)) for key, (words, states) in STATES.items()]
    return Progress([line for line in lines if line[2]])


@require_POST
def file(request: SignedInRequest) -> HttpResponse:
    """The confirmed selection: what it had shown is decided once more, and the same form twice is one filing."""
    form = FilingForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["pk"]:
        messages.warning(request, "Отметьте организации в списке, от 1 до 2 000 за один раз.")
        return redirect("coordination:organizations")
    chosen = Organization.objects.supervised_by(request.user).filter(pk__in=form.cleaned_data["pk"])
    filing = RegistrationRequest.objects.file_many(
        chosen, by=request.user, batch=form.cleaned_data["batch"], left_out=set(form.cleaned_data["left_out"])
    )
    return redirect(filing)


@require_GET
def filings(request: SignedInRequest) -> HttpResponse:
    """Earlier filings, the newest first."""
    mine = Q(letters__organization__in=Organization.objects.supervised_by(request.user))
    rows = Filing.objects.visible_to(request.user).annotate(sent=Count("letters", filter=mine))
    page = Paginator(rows.select_related("by").order_by("-at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "registrations/filings.html", {"page": page})


@require_GET
def filing(request: SignedInRequest, batch: UUID) -> HttpResponse:
    row = filing_for(request, batch)
    letters = row.letters_for(request.user)
    status = request.GET.get("status", "")
    shown = letters.filter(letter__status__in=STATES[status][1]) if status in STATES else letters
    context = {
        "filing": row,
        "progress": progress_of(letters),
        "status": STATES[status][0] if status in STATES else "",
        "page": Paginator(with_names(shown), PER_PAGE).get_page(request.GET.get("page")),
        "groups": by_reason(row.skipped_for(request.user)),
    }
    return render(request, "registrations/filing.html", context)


@require_GET
def progress(request: SignedInRequest, batch: UUID) -> HttpResponse:
    """The piece of the page that looks after itself; once no letter is on its way, the whole page is drawn anew."""
    row = filing_for(request, batch)
    now = progress_of(row.letters_for(request.user))
    response = render(request, "registrations/_filing_progress.html", {"filing": row, "progress": now})
    if not now.moving:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def result(request: SignedInRequest, batch: UUID) -> HttpResponse:
    """Every letter with where it is now, and everybody who got none and why."""
    row = filing_for(request, batch)
    place = ["Муниципалитет", "Организация"]
    state = ["Номер", "Письмо", "Что ответил сервер", "Доставлено серверу", "Обращение"]
    letters = map(letter_cells, with_names(row.letters_for(request.user)).iterator())
    skipped = [
        [*place_cells(skip.organization), skip.reason.label, skip.words] for skip in row.skipped_for(request.user)
    ]
    file = BytesIO()
    write_xlsx(
        file,
        [
            Sheet("Письма", [*place, *state], letters, widths=[28, 50, 18, 30, 40, 18, 30]),
            Sheet("Пропущены", [*place, "Почему", "Чего не хватает"], skipped, widths=[28, 50, 50, 60]),
        ],
    )
    Event.record("filing.exported", row, by=request.user)
    return xlsx_response(file.getvalue(), f"pisma-v-sferum-{timezone.localtime(row.at):%Y-%m-%d}.xlsx")


def place_cells(organization: Organization) -> list[Cell]:
    return [organization.municipality.name if organization.municipality else "", organization.name]


def letter_cells(one: CaseLetter) -> list[Cell]:
    letter, request = one.letter, one.registration
    assert letter is not None  # noqa: S101 - a filing sends through the portal only
    assert request is not None  # noqa: S101 - and files registrations only
    state = [one.status_words, letter.error_words, letter.sent_at, request.get_status_display()]
    return [*place_cells(one.organization), request.number, *state]


def filing_for(request: SignedInRequest, batch: UUID) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(request.user).select_related("by"), batch=batch)


def with_names(letters: CaseLetterQuerySet) -> CaseLetterQuerySet:
    rows = letters.select_related("letter", "registration", "organization__municipality")
    return rows.order_by("organization__search_key", "pk")
