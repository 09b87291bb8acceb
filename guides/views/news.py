"""«Что изменилось»: read by whoever has signed in, written by the coordinator of the region and by portal staff."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from guides.forms import NewsForm, ReadForm
from guides.models import News, Reader
from guides.models.kept import regions_kept_by
from guides.models.news import marked
from guides.whose import kept_region, region_of

MOST_SHOWN = 100


def news(request: SignedInRequest) -> HttpResponse:
    region = region_of(request) or regions_kept_by(request.user).first()
    rows = News.objects.of_region(region)
    kept = regions_kept_by(request.user)
    shown = marked(rows.select_related("region")[:MOST_SHOWN], request.user)
    context = {
        "rows": shown,
        "shown_until": shown[0].published_at.isoformat() if shown else "",
        "kept": set(rows.manageable_by(request.user).values_list("pk", flat=True)),
        "region": region if region and kept.filter(pk=region.pk).exists() else None,
    }
    return render(request, "guides/news.html", context)


@require_POST
def read(request: SignedInRequest) -> HttpResponse:
    """Read is what the page has shown: what was published meanwhile stays unread."""
    form = ReadForm(request.POST)
    if form.is_valid():
        until = form.cleaned_data["until"] or timezone.now()
        Reader.objects.mark_read(request.user, min(until, timezone.now()))
    return redirect("guides:news")


def add(request: SignedInRequest) -> HttpResponse:
    row = News(region=kept_region(request), written_by=request.user)
    return _form(request, row, "Что изменилось: новая запись", "Запись опубликована.")


def change(request: SignedInRequest, news_pk: int) -> HttpResponse:
    row = get_object_or_404(News.objects.manageable_by(request.user).select_related("region"), pk=news_pk)
    return _form(request, row, "Исправить запись", "Запись исправлена.")


def _form(request: SignedInRequest, row: News, heading: str, done: str) -> HttpResponse:
    form = NewsForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        typed: News = form.save(commit=False)
        attempt(request, lambda: typed.keep(by=request.user, fields=form.changed_data), done)
        return redirect("guides:news")
    context = {
        "heading": heading,
        "intro": "Коротко и по делу: что теперь иначе и что людям с этим делать. У всех, кто работает в портале "
        "региона, у раздела появится отметка «новое».",
        "form": form,
        "cancel_url": reverse("guides:news"),
        "keep": f"news-{row.pk or 'new'}",
    }
    return render(request, "foundation/form_page.html", context)


def remove(request: SignedInRequest, news_pk: int) -> HttpResponse:
    """The question first, then the act."""
    row = get_object_or_404(News.objects.manageable_by(request.user).select_related("region"), pk=news_pk)
    if request.method == "POST":
        attempt(request, lambda: row.remove(by=request.user), "Запись удалена.")
        return redirect("guides:news")
    context = {
        "question": f"Удалить запись «{row}»?",
        "explanation": "Её больше никто не увидит. Вернуть её нельзя.",
        "submit": "Удалить",
        "cancel_url": reverse("guides:news"),
    }
    return render(request, "foundation/confirm.html", context)
