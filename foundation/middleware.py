"""A number for every request: on the page of an error, in the answer's headers and in the log."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

request_id: ContextVar[str] = ContextVar("request_id", default="-")
SIGNED = re.compile(r"/\w+\.\w+\.\w+\.[\w-]{20,}")  # by foundation/tokens.py: object, version, time, signature
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Takes the number from a trusted proxy in front, or gives one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
        number = offered if WELL_FORMED.fullmatch(offered) else uuid.uuid4().hex[:12]
        request_id.set(number)  # stays until the next request: Django writes its log line after all middleware
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


class PrivateCopiesMiddleware:
    """No shared cache keeps a page, and a browser asks again before it shows its copy; a view may be stricter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class WrongMethodMiddleware:
    """Who opens the address of a button by hand, or by the browser's history, reads a page and not a white sheet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and request.method == "GET":
            response.content = render_to_string("405.html").encode()
        return response


class LinkFilter(logging.Filter):
    """Takes links with power out of the lines that Django writes of refused requests: who reads a log gets none."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if SIGNED.search(line):
            record.msg, record.args = SIGNED.sub("/•••", line), None
        return True


class RequestIdFilter(logging.Filter):
    """Gives `%(request_id)s` to every line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
