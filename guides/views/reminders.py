"""Reminders on and off: by the link at the foot of each, without sign-in, or on the page of trainings."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from foundation.tokens import BadToken, read
from guides.letters import REMINDERS
from guides.models import Reader

LINK_LIVES = timedelta(days=365)


class SwitchForm(forms.Form):
    reminders = forms.ChoiceField(choices=[("off", "выключить"), ("on", "включить")])


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link tells of nobody: neither the name nor the address of its reader stands on the page."""
    try:
        user = get_object_or_404(User, pk=read(REMINDERS, token, LINK_LIVES).object_id, is_active=True)
    except BadToken as error:
        raise Http404 from error
    form = SwitchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Reader.objects.switch_reminders(user, on=form.cleaned_data["reminders"] == "on")
        return redirect("guides:reminders-link", token=token)
    is_off = Reader.objects.wants_no_reminders().filter(user=user).exists()
    return render(request, "guides/reminders.html", {"is_off": is_off})


@require_POST
def switch(request: SignedInRequest) -> HttpResponse:
    form = SwitchForm(request.POST)
    if form.is_valid():
        is_on = form.cleaned_data["reminders"] == "on"
        Reader.objects.switch_reminders(request.user, on=is_on)
        messages.success(request, f"Напоминания об обучении {'включены' if is_on else 'выключены'}.")
    return redirect("guides:trainings")
