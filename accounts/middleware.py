"""Who may pass: whoever is signed in; and who sees many schools, with a second factor alone."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

SET_UP = "mfa_activate_totp"
# Pages of the set-up itself; leaving is always allowed.
ALLOWED = {
    "mfa_activate_totp",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
}
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SignedInMiddleware(LoginRequiredMiddleware):
    """Who pressed a button after the session had lapsed is led, signed in again, to the page of that button: its own
    address opens nothing by itself, and what was typed waits on the page.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        came_from = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        if request.method in ("GET", "HEAD") or not is_ours:
            return super().handle_no_permission(request, view_func)
        page = urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl()
        return redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not settings.REQUIRE_SECOND_FACTOR or not isinstance(user, User) or not user.needs_second_factor:
            return None
        if request.resolver_match and request.resolver_match.view_name in ALLOWED:
            return None
        return None if get_adapter().is_mfa_enabled(user, FACTORS) else redirect(SET_UP)
