"""Upload of a registry file, its preview, the confirmation, the progress and the report."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from foundation.http import xlsx_response
from foundation.sheets import Sheet, write_xlsx
from foundation.verbs import WrongStatus, attempt
from organizations import import_desk
from organizations.columns import Field
from organizations.import_columns import ColumnsForm
from organizations.import_forms import AnswersForm, ConfirmForm, MissingForm, ReadingForm, UploadForm
from organizations.import_missing import missing_in
from organizations.import_store import header_of
from organizations.models import Event, ImportFile
from organizations.models.import_row import ImportRowQuerySet
from organizations.statuses import Answer, ImportStatus, Outcome

_A_PAGE = 50
_BATCH = 1000
_LAST_FILES = 10
_QUEUED = "Загрузка началась. Страницу можно закрыть: портал закончит сам."
_TABS = [
    (Outcome.CHANGED.value, "Изменятся"),
    (Outcome.ADDED.value, "Добавятся"),
    (Outcome.SAME.value, "Без изменений"),
]
_DONE_TABS = [
    (Outcome.CHANGED.value, "Изменены"),
    (Outcome.ADDED.value, "Добавлены"),
    (Outcome.SAME.value, "Без изменений"),
]
_REFUSED = (Outcome.REFUSED.value, "Не приняты")
_WARNINGS = ("warnings", "Замечания")
_ASKED = (Outcome.ASKED.value, "Это она?")
_MISSING = ("missing", "Нет в файле")
_KEPT = ("kept", "Не возвращены")


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
        return redirect(form.save(request.user))
    mine = ImportFile.objects.manageable_by(request.user).defer("content", "layout")
    context = {"form": form, "fields": Field.labels, "files": mine[:_LAST_FILES]}
    return render(request, "organizations/import_upload.html", context)


@coordinators_only
@require_GET
def import_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is asked or said of the file now: progress, preview, or report."""
    file = _mine(request, pk)
    if file.in_work:
        return render(request, "organizations/import_progress.html", {"file": file})
    if file.status == ImportStatus.UPLOADED:
        return _ask_columns(request, file)
    if file.status == ImportStatus.READY:
        return render(request, "organizations/import_preview.html", _preview(request, file))
    if file.status == ImportStatus.UNDONE:
        context = {"file": file} | _shown(request, file, [_KEPT, *_DONE_TABS])
        return render(request, "organizations/import_undone.html", context)
    context = {"file": file, "missing_form": MissingForm(file)} | _shown(
        request, file, [_REFUSED, *_DONE_TABS, _ASKED, _WARNINGS, _MISSING]
    )
    return render(request, "organizations/import_report.html", context)


@coordinators_only
def columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each column means; also after the reading, when the list of changes shows that one was taken wrongly."""
    file = _mine(request, pk)
    if file.status not in (ImportStatus.UPLOADED, ImportStatus.READY):
        return redirect(file)
    form = ColumnsForm(file, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        try:
            import_desk.read(file)
        except WrongStatus as error:
            messages.warning(request, str(error))
        return redirect(file)
    return _ask_columns(request, file, form=form)


@coordinators_only
@require_POST
def reading(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another encoding, delimiter or row of titles: the file is read anew, and its columns are asked for again."""
    file = _mine(request, pk)
    if file.status not in (ImportStatus.UPLOADED, ImportStatus.READY):
        return redirect(file)
    form = ReadingForm(file, request.POST)
    if not form.is_valid():
        return _ask_columns(request, file, reading_form=form)
    attempt(request, form.save, "Файл прочитан заново. Проверьте столбцы и примеры.")
    return redirect(file)


def _ask_columns(request: SignedInRequest, file: ImportFile, **forms: object) -> HttpResponse:
    context = {"file": file, "form": ColumnsForm(file), "reading_form": ReadingForm(file)}
    return render(request, "organizations/import_columns.html", context | forms)


@coordinators_only
@require_GET
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The piece of the page that looks after itself; once the worker is through, the whole page is drawn anew."""
    file = _mine(request, pk)
    response = render(request, "organizations/_import_progress.html", {"file": file})
    if not file.in_work:
        response["HX-Refresh"] = "true"
    return response


def _mine(request: SignedInRequest, pk: int) -> ImportFile:
    return get_object_or_404(ImportFile.objects.manageable_by(request.user).defer("content"), pk=pk)


def _preview(request: SignedInRequest, file: ImportFile) -> dict[str, object]:
    header = header_of(file)
    return {
        "file": file,
        "understood": header.understood(),
        "unknown": header.unknown(),
        "form": ConfirmForm(initial={"version": file.version}),
        "answered": file.rows.answered().count(),
        "unanswered": file.rows.filter(outcome=Outcome.ASKED, answer="").count(),
        "answers": Answer.choices,
    } | _shown(request, file, [_ASKED, *_TABS, _REFUSED, _WARNINGS, _MISSING])


def _shown(request: SignedInRequest, file: ImportFile, tabs: list[tuple[str, str]]) -> dict[str, object]:
    """The tabs, and the rows of the one that was asked for, else of the first one that has any."""
    missing = missing_in(file)
    counts = {_ASKED[0]: 0} | file.report | {_MISSING[0]: missing.count()}
    asked = request.GET.get("show", "")
    first = next((key for key, _ in tabs if counts[key]), tabs[0][0])
    shown = asked if asked in counts else first
    rows = _rows_of(file, shown)
    listed = missing.select_related("municipality") if shown == _MISSING[0] else rows.order_by("number")
    page = Paginator(listed, _A_PAGE).get_page(request.GET.get("page"))
    numbers = [(key, words, counts[key]) for key, words in tabs]
    return {"tabs": numbers, "shown": shown, "page": page, "missing": counts[_MISSING[0]]}


def _rows_of(file: ImportFile, shown: str) -> ImportRowQuerySet:
    if shown == _ASKED[0]:
        return file.rows.filter(outcome=shown).select_related("organization")
    if shown == _KEPT[0]:
        return file.rows.exclude(undo_notes=[])
    return file.rows.filter(has_warnings=True) if shown == _WARNINGS[0] else file.rows.filter(outcome=shown)


@coordinators_only
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Only queues: the worker writes, and the page shows how far it is."""
    file = _mine(request, pk)
    form = ConfirmForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    others = import_desk.others_in_work(file)
    if attempt(request, lambda: import_desk.confirm(file, by=request.user, version=version), _QUEUED) and others:
        messages.info(request, f"Сейчас загружается ещё один файл ({others[0].uploaded_by}). Ваш пойдёт следом.")
    return redirect(file)


@coordinators_only
@require_POST
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keeps what the person says of the rows whose organization is uncertain; nothing is written by that."""
    file = _mine(request, pk)
    form = AnswersForm(file, request.POST)
    if form.is_valid():
        messages.success(request, form.save())
    else:
        messages.warning(request, "Ответ не записан: выберите один из предложенных.")
    return redirect(f"{file.get_absolute_url()}?show={_ASKED[0]}&page={request.GET.get('page', '')[:6]}")


@coordinators_only
@require_POST
def close_missing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Closes organizations that the loaded file does not mention: those that a person has ticked."""
    file = _mine(request, pk)
    form = MissingForm(file, request.POST)
    if form.is_valid():
        attempt(request, lambda: form.close(file, by=request.user))
    else:
        messages.warning(request, "Не закрыто: отмеченных организаций в этом списке уже нет, или число не читается.")
    return redirect(f"{file.get_absolute_url()}?show={_MISSING[0]}")


@coordinators_only
@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes the whole import back; the worker does it, and the page shows how far it is."""
    file = _mine(request, pk)
    attempt(request, lambda: import_desk.undo(file, by=request.user), "Отмена началась. Страницу можно закрыть.")
    return redirect(file)


@coordinators_only
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    file = _mine(request, pk)
    if not attempt(request, file.discard, "Файл удалён, в списке ничего не изменилось."):
        return redirect(file)
    return redirect("organizations:import")


@coordinators_only
@require_GET
def refused(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, as they stood in the file, each with its reason: to be mended and sent again."""
    file = _mine(request, pk)
    titles = ["Строка", "Почему не принята", *file.layout["titles"]]
    rows = file.rows.filter(outcome=Outcome.REFUSED).order_by("number")
    lines = ([row.number, row.reason, *row.cells] for row in rows.iterator(_BATCH))
    content = BytesIO()
    write_xlsx(content, [Sheet("Не приняты", titles, lines, widths=[8, 60, *(24 for _ in titles[2:])])])
    Event.record("import.refused-exported", file, by=request.user)
    return xlsx_response(content.getvalue(), f"ne-prinyaty-{timezone.localtime(file.uploaded_at):%Y-%m-%d}.xlsx")


@coordinators_only
@require_GET
def template(request: SignedInRequest) -> HttpResponse:
    """An empty table with every column that is understood."""
    file = BytesIO()
    write_xlsx(file, [Sheet("Организации", [str(label) for label in Field.labels], [])])
    return xlsx_response(file.getvalue(), "organizations.xlsx")
