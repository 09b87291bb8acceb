"""Health of the process for machines, pages of errors for people."""

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils import timezone
from django.views.decorators.cache import never_cache

from foundation.middleware import request_id
from foundation.models import Heartbeat, Part

RETRY_AFTER = 30  # seconds; how soon a browser or a program may ask again


@login_not_required
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 while process and database work; the body tells how long ago each part was alive, null: never.

    `mail` is what the mailer says of itself, such as that the mail server refuses the portal; empty while all is well.
    """
    try:
        beats = {beat.part: beat for beat in Heartbeat.objects.all()}
    except (DatabaseError, InterfaceError):
        return _not_well("База данных не отвечает или её таблицы ещё не созданы.")
    now = timezone.now()
    return _told(
        {
            "status": "ok",
            "mail": beats[Part.MAILER].detail if Part.MAILER in beats else "",
            "heartbeats": {
                part: {"at": beat.at.isoformat(), "age": round((now - beat.at).total_seconds(), 1)}
                if (beat := beats.get(part))
                else None
                for part in (Part.WORKER, Part.BEAT, Part.MAILER)
            },
        }
    )


@login_not_required
@never_cache
def readiness(request: HttpRequest) -> JsonResponse:
    """200 when people may be sent here: the database answers and has every table this release expects."""
    try:
        executor = MigrationExecutor(connection)
        is_behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return _not_well("База данных не отвечает.")
    if is_behind:
        return _not_well("База данных отстаёт от программы: выполните manage.py migrate.")
    return _told({"status": "ok"})


def _told(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def _not_well(words: str) -> JsonResponse:
    return _told({"status": "unavailable", "words": words}, status=503)


# --- pages of errors: no database, no session, no person; the template must stand alone ---------------------------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("403_csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("404.html", 404, is_button=request.method == "POST")


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled, wherever it arose: view, middleware, session or template."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return database_unavailable(request)
    return _page("500.html", 500)


def database_unavailable(request: HttpRequest) -> HttpResponse:
    """Nothing typed is lost: the page carries the form and sends it once more. Passwords and files are not repeated."""
    response = _page("503.html", 503, typed=_typed_fields(request), action=request.get_full_path())
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    return [(name, value) for name, values in request.POST.lists() if "password" not in name for value in values]


def _page(template: str, status: int, **context: object) -> HttpResponse:
    content = get_template(template).render({"request_id": request_id.get(), **context})
    return HttpResponse(content, status=status, headers={"Cache-Control": "no-store"})
