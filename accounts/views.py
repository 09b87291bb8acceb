"""The first entry into the portal, and the entry into its example."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import FirstPasswordForm, SheetForm
from accounts.models import User
from accounts.welcome import holder_of_sheet, read_welcome, welcome_token_for
from foundation.limits import Limit, client_address, hit
from foundation.tokens import BadToken, ExpiredToken
from foundation.verbs import WrongStatus


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The link from the welcome letter: GET only shows whose it is, POST sets the password and signs in."""
    try:
        found = read_welcome(token)
    except ExpiredToken:
        return _over(request, "expired")
    except BadToken as error:
        raise Http404 from error
    user = get_object_or_404(User, pk=found.object_id)
    if not user.is_active or user.welcome_version != found.version:
        return _over(request, "used")
    by_code = "by_code" in request.POST and bool(user.own_email)
    form = FirstPasswordForm(user, None if by_code else request.POST or None)
    if request.method == "POST" and (by_code or form.is_valid()):
        try:
            user.enter_first_time(version=found.version, password="" if by_code else form.cleaned_data["new_password1"])
        except WrongStatus:
            return _over(request, "used")
        return perform_login(request, user)  # type: ignore[no-any-return]
    return render(request, "accounts/welcome.html", {"person": user, "form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome_type(request: HttpRequest) -> HttpResponse:
    """The sign-in sheet: e-mail or phone and the code printed on it lead to the same page as the link of a letter."""
    form = SheetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/welcome_type.html", {"form": form})
    typed = form.cleaned_data
    allowed = hit(Limit(f"welcome:{client_address(request)}", 20, 3600)) and hit(
        Limit(f"welcome:{typed['login'].casefold()}", 20, 3600)
    )
    user = holder_of_sheet(typed["login"], typed["code"]) if allowed else None
    if user:
        return redirect("accounts:welcome", token=welcome_token_for(user))
    form.refuse(too_often=not allowed)
    return render(request, "accounts/welcome_type.html", {"form": form}, status=200 if allowed else 429)


@login_not_required
@require_POST
def enter_as(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the people of the demo region, without a password; a live portal has no such page."""
    if settings.PORTAL_LIVE:
        raise Http404
    user = get_object_or_404(User.objects.demo_cast(), pk=pk)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(settings.LOGIN_REDIRECT_URL)


def _over(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "accounts/welcome_over.html", {"why": why}, status=410)
