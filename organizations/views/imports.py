"""Upload of a registry file, its preview, the confirmation and the report."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from foundation.http import xlsx_response
from foundation.sheets import Sheet, write_xlsx
from foundation.tables import NotATable
from foundation.verbs import WrongStatus
from organizations import import_desk
from organizations.columns import Field
from organizations.import_forms import ConfirmForm, UploadForm
from organizations.import_rows import Problem
from organizations.imports import ImportPlan, Outcome, RowPlan
from organizations.models import ImportFile

_A_PAGE = 50
_WARNINGS = "warnings"


def coordinators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For everybody but coordinators and portal staff these pages do not exist."""

    @wraps(view)
    def checked(request: SignedInRequest, **kwargs: int) -> HttpResponse:
        if not import_desk.may_import(request.user):
            raise Http404
        return view(request, **kwargs)

    return checked


@coordinators_only
def upload(request: SignedInRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.user, request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        return redirect("organizations:import-file", form.save(request.user).pk)
    return render(request, "organizations/import_upload.html", {"form": form, "fields": Field.labels})


@coordinators_only
@require_GET
def import_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The preview; after the confirmation, the report."""
    file = get_object_or_404(ImportFile.objects.manageable_by(request.user), pk=pk)
    if file.applied_at:
        page = Paginator(file.report["reasons"], _A_PAGE).get_page(request.GET.get("page"))
        return render(request, "organizations/import_report.html", {"file": file, "page": page})
    try:
        plan = import_desk.preview(file)
    except NotATable as error:
        messages.error(request, str(error))
        return redirect("organizations:import")
    shown, rows = _shown(plan, request.GET.get("show", ""))
    context = {
        "file": file,
        "plan": plan,
        "shown": shown,
        "tabs": _tabs(plan),
        "page": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "form": ConfirmForm(initial={"fingerprint": plan.fingerprint}),
    }
    return render(request, "organizations/import_preview.html", context)


def _tabs(plan: ImportPlan) -> list[tuple[str, str, int]]:
    words = {
        Outcome.ADDED: "Добавятся",
        Outcome.CHANGED: "Изменятся",
        Outcome.SAME: "Без изменений",
        Outcome.REFUSED: "Не приняты",
    }
    counts = plan.counts
    return [(outcome.value, words[outcome], counts[outcome]) for outcome in Outcome] + [
        (_WARNINGS, "Замечания", len(plan.warnings))
    ]


def _shown(plan: ImportPlan, asked: str) -> tuple[str, list[RowPlan] | list[Problem]]:
    """The rows of the tab that was asked for, else of the first one that has any."""
    counts = plan.counts
    order = [Outcome.CHANGED, Outcome.ADDED, Outcome.REFUSED, Outcome.SAME]
    if asked == _WARNINGS:
        return _WARNINGS, plan.warnings
    outcome = Outcome(asked) if asked in Outcome.values else next(each for each in order if counts[each])
    return outcome.value, plan.reasons if outcome == Outcome.REFUSED else plan.with_outcome(outcome)


@coordinators_only
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(ImportFile.objects.manageable_by(request.user), pk=pk)
    form = ConfirmForm(request.POST)
    fingerprint = form.cleaned_data["fingerprint"] if form.is_valid() else ""
    try:
        if file.applied_at:
            raise WrongStatus("Этот файл уже загружен.")
        import_desk.confirm(file, fingerprint=fingerprint, by=request.user)
    except WrongStatus as error:
        messages.info(request, str(error))
    except import_desk.PlanChanged:
        messages.warning(request, "За это время сведения в портале изменились. Проверьте новый список изменений.")
    except NotATable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Файл загружен.")
    return redirect("organizations:import-file", pk)


@coordinators_only
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(ImportFile.objects.manageable_by(request.user), pk=pk).delete()
    messages.info(request, "Файл удалён, в списке ничего не изменилось.")
    return redirect("organizations:import")


@coordinators_only
@require_GET
def template(request: SignedInRequest) -> HttpResponse:
    """An empty table with every column that is understood."""
    file = BytesIO()
    write_xlsx(file, [Sheet("Организации", [str(label) for label in Field.labels], [])])
    return xlsx_response(file.getvalue(), "organizations.xlsx")
