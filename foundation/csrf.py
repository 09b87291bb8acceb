"""The CSRF check for a view that answers a lapsed page itself, so that nothing typed is lost.

Such a view is `@csrf_exempt` and asks before it does anything.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


def has_csrf_token(request: HttpRequest) -> bool:
    check = CsrfViewMiddleware(_never_called)
    check.process_request(request)
    return check.process_view(request, _never_called, (), {}) is None


def _never_called(request: HttpRequest) -> HttpResponse:
    raise AssertionError("the check asks about a request and answers none")
