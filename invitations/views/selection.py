"""How the desk's verbs take a selection and answer: with a page, or with rows and figures for the desk's own script."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import plural
from invitations.forms import NOTHING_CHOSEN
from invitations.models import JoinRequest
from invitations.models.decisions import Decided
from invitations.models.join_request_set import JoinRequestQuerySet
from invitations.review import ReviewQueue
from invitations.review_forms import MOST_AT_ONCE, TOO_MANY, DeskForm, moment_now
from organizations.models import Event, Organization

NAMED = 5  # how many of those that were decided by somebody else a message names
ROWS_SENT = 20
SCRIPT = "X-Review"
"""The header by which the desk's script asks for rows instead of a page."""
Said = list[tuple[int, str]]


def mine(request: SignedInRequest, pk: int) -> Organization:
    own = Organization.objects.administered_by(request.user).select_related("region", "municipality")
    return get_object_or_404(own, pk=pk)


def log_view(request: SignedInRequest, organization: Organization, count: int) -> None:
    """Every look at a list with names leaves a line, with how many rows were on the page."""
    if count and request.method == "GET":
        Event.record("requests.viewed", organization, organization, by=request.user, fields=[f"rows:{count}"])


def in_words(rows: list[JoinRequest]) -> str:
    """«14 заявок, 7 «Б»»: the number, and the class where it is one."""
    classes = {row.school_class for row in rows}
    place = f", {classes.pop()}" if len(classes) == 1 else ""
    return f"{len(rows)} {plural(len(rows), 'заявку,заявки,заявок')}{place}"


def number_of(rows: list[JoinRequest]) -> str:
    """«К-000012, К-000013 и ещё 7»."""
    more = f" и ещё {len(rows) - NAMED}" if len(rows) > NAMED else ""
    return ", ".join(row.number for row in rows[:NAMED]) + more


@dataclass
class Selection:
    request: SignedInRequest
    organization: Organization
    form: DeskForm

    @classmethod
    def of(cls, request: SignedInRequest, pk: int) -> "Selection":
        return cls(request, mine(request, pk), DeskForm.of(request))

    @cached_property
    def back(self) -> QueryDict:
        """The page's own filter; only a query string comes from the form, so it cannot lead elsewhere."""
        return QueryDict(self.form.data.get("back", "")[:2000].replace("\0", ""), mutable=True)

    @cached_property
    def is_good(self) -> bool:
        return self.form.is_valid() and bool(self.keys)

    @cached_property
    def keys(self) -> list[int]:
        if self.form.wants_all:
            return ReviewQueue(self.organization, self.back).keys[:MOST_AT_ONCE]
        if batch := self.form.cleaned_data.get("batch"):
            rows = JoinRequest.objects.filter(organization=self.organization, batch=batch)
            return list(rows.values_list("pk", flat=True))
        return self.form.chosen

    @property
    def rows(self) -> JoinRequestQuerySet:
        return JoinRequest.objects.filter(organization=self.organization, pk__in=self.keys)

    @property
    def waiting(self) -> list[JoinRequest]:
        return list(self.rows.pending().select_related("school_class"))

    @property
    def is_confirmed(self) -> bool:
        return "confirmed" in self.request.POST

    @property
    def initial(self) -> dict[str, Any]:
        """The same selection for the form of a question."""
        packed = {"keys": ",".join(map(str, self.keys)), "back": self.back.urlencode()}
        seen = self.form.cleaned_data.get("seen")
        return packed if seen is None else packed | {"seen": seen}

    @property
    def typed(self) -> QueryDict:
        """What came with the question, the selection packed as it was understood."""
        data = self.request.POST.copy()
        for name in ("ids", "one", "all", "batch"):
            data.pop(name, None)
        for name, value in self.initial.items():
            data[name] = value
        return data

    @property
    def address(self) -> str:
        query = self.back.urlencode()
        return reverse("invitations:requests", args=[self.organization.pk]) + (f"?{query}" if query else "")

    # --- answers -----------------------------------------------------------------------------------------------

    def refuse(self) -> HttpResponse:
        has_too_many = TOO_MANY in self.form.errors.get("keys", [])
        return self.answer([(messages.WARNING, TOO_MANY if has_too_many else NOTHING_CHOSEN)])

    def ask(
        self, question: str, explanation: str, submit: str, *, form: Any = None, is_gentle: bool = False
    ) -> HttpResponse:
        context = {"question": question, "explanation": explanation, "submit": submit, "is_gentle": is_gentle}
        if SCRIPT in self.request.headers:
            errors = [str(error) for field in form.errors.values() for error in field] if form else []
            return JsonResponse({"ask": context, "errors": errors})
        context["form"] = form or DeskForm(initial=self.initial)
        context["cancel_url"] = self.address
        return render(self.request, "foundation/confirm.html", context)

    def tell(self, decided: Decided, done: str) -> HttpResponse:
        said: Said = [(messages.SUCCESS, f"{done}: {len(decided.won)}.")] if decided.won else []
        said += beaten_words(decided.beaten)
        seen = self.form.seen_at
        corrected = [row for row in decided.left if seen and row.corrected_at and row.corrected_at > seen]
        if corrected:
            words = "Не решены, потому что заявитель исправил имя, пока страница была открыта"
            said.append((messages.WARNING, f"{words}: {number_of(corrected)}. Посмотрите имя и решите ещё раз."))
        if others := len(decided.left) - len(corrected):
            said.append((messages.WARNING, f"Заявки сотрудников принимают по одной, осталось: {others}."))
        return self.answer(said, batch=decided.batch if decided.won else None)

    def answer(self, said: Said, *, batch: UUID | None = None) -> HttpResponse:
        if SCRIPT in self.request.headers:
            return JsonResponse(self._rows_and_figures() | {"said": said, "batch": batch})
        for level, words in said:
            messages.add_message(self.request, level, words)
        return redirect(self.address)

    def _rows_and_figures(self) -> dict[str, Any]:
        seen, queue = moment_now(), ReviewQueue(self.organization, self.back)
        keys = self.keys if self.is_good else []
        context = {"organization": self.organization, "queue": queue, "seen": seen}
        rows = {
            row.request.pk: render_to_string("invitations/_request_row.html", context | {"row": row}, self.request)
            for row in queue.rows(keys[:ROWS_SENT])
        }
        return {"rows": rows, "figures": render_to_string("invitations/_request_figures.html", context, self.request)}


def beaten_words(beaten: Iterable[JoinRequest]) -> Said:
    rows = list(beaten)
    if not rows:
        return []
    named = "; ".join(row.decided_words() for row in rows[:NAMED])
    more = f" и ещё {len(rows) - NAMED}" if len(rows) > NAMED else ""
    return [(messages.WARNING, f"Уже решено до вас: {named}{more}.")]
