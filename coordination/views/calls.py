"""Обзвон: whom to call now, what to say, and the outcome by one key."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination.calling import Round
from coordination.contacts import ADMINISTRATOR
from coordination.models import Call
from coordination.phrases import lines_to_say
from coordination.statuses import CallOutcome
from coordination.views.desk import territory_of
from coordination.work_filters import WorkFilter
from coordination.work_forms import CallForm, RoundForm, keys_of
from coordination.worklist import Entry
from foundation.verbs import attempt
from organizations.models import Organization


def calls(request: SignedInRequest) -> HttpResponse:
    territory_of(request)
    asked = _round(request)
    entry = asked.current()
    return _page(request, asked, entry, CallForm(_reason(asked, entry)))


@require_POST
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """The outcome, and on to the next organization."""
    rows = Organization.objects.supervised_by(request.user).select_related("region", "municipality")
    organization = get_object_or_404(rows, pk=pk)
    asked = _round(request)
    entry = asked.work.entries([organization])[0]
    reason = _reason(asked, entry)
    form = CallForm(reason, request.POST)
    if not form.is_valid():
        return _page(request, asked, entry, form)
    outcome = CallOutcome(form.cleaned_data.pop("outcome"))
    done = attempt(
        request,
        lambda: Call.objects.note(organization, outcome=outcome, reason=reason, by=request.user, **form.cleaned_data),
        f"Записано: {organization.name} – {outcome.label}.",
    )
    if not done:
        return _page(request, asked, entry, form)
    return redirect(f"{reverse('coordination:calls')}?{request.GET.urlencode()}")


def _round(request: SignedInRequest) -> Round:
    form = RoundForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    return Round(WorkFilter(request.GET, request.user).work, bool(asked.get("everybody")), skip=asked.get("skip") or 0)


def _reason(asked: Round, entry: Entry | None) -> str:
    """Why this organization is called: what the round is about, or what is most urgent."""
    return asked.work.reason or (entry.reasons[0].reason.value if entry and entry.reasons else "")


def _page(request: SignedInRequest, asked: Round, entry: Entry | None, form: CallForm) -> HttpResponse:
    done, left = asked.count()
    reason = _reason(asked, entry)
    keys = keys_of(reason)
    administrators = (contact.name for contact in entry.contacts if contact.who == ADMINISTRATOR) if entry else iter(())
    context = {
        "entry": entry,
        "lines": lines_to_say(entry.organization, reason) if entry else [],
        "form": form,
        "keys": keys,
        "confirmed": next(administrators, "") if CallOutcome.CONFIRMED in dict(keys).values() else "",
        "number": min(done + asked.skip + 1, done + left),
        "done": done,
        "total": done + left,
        "next_skip": (asked.skip + 1) % left if left else 0,
        "is_alone": left < 2,
    }
    return render(request, "coordination/calls.html", context)
