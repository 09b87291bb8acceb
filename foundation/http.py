"""Answers that are not pages."""

from django.http import HttpResponse


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser opens itself; `name` is used when the person saves it."""
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )


def csv_response(table: bytes, name: str) -> HttpResponse:
    """A table to be saved; never drawn in the browser."""
    return HttpResponse(
        table,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def xlsx_response(table: bytes, name: str) -> HttpResponse:
    """A workbook to be saved."""
    return HttpResponse(
        table,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
