"""Who sees many schools has a second factor: until it is set up, only the page that sets it up opens."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

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
