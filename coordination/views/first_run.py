"""The first page of an empty portal: look at the example, or begin with real data. Gone once a region exists."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.welcome import welcome_token_for
from coordination.demo import CannotFill, fill, is_empty
from coordination.starting import CannotStart, start_region
from foundation.fields import EmailField, NameField
from organizations.regions import regions


class FirstRegionForm(forms.Form):
    region = forms.ChoiceField(label="Регион")
    full_name = NameField(label="Фамилия, имя, отчество координатора", help_text="Он отвечает за весь регион.")
    email = EmailField(label="Почта координатора")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        names = [(facts.code, f"{facts.code} – {facts.name}") for facts in regions().values()]
        self.fields["region"].choices = [("", "Выберите регион"), *names]  # type: ignore[attr-defined]


def choice(request: HttpRequest) -> HttpResponse:
    """Shown by the home page of an empty portal."""
    return render(request, "coordination/first_run.html", {"may_fill": not settings.PORTAL_LIVE})


@login_not_required
@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Takes some seconds, in this request: the page says so beforehand."""
    if not is_empty():
        return redirect("coordination:home")
    try:
        fill()
    except CannotFill as error:
        raise Http404 from error
    except IntegrityError:
        pass  # somebody else pressed the button a moment before
    return redirect("coordination:home")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def region(request: HttpRequest) -> HttpResponse:
    """The first coordinator is whoever opens an empty portal first; the welcome page asks for the password."""
    if not is_empty():
        raise Http404
    form = FirstRegionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            coordinator = start_region(typed["region"], full_name=typed["full_name"], email=typed["email"])
        except (CannotStart, IntegrityError) as error:
            raise Http404 from error
        return redirect("accounts:welcome", token=welcome_token_for(coordinator.user))
    page = {
        "heading": "Начать с настоящими данными",
        "intro": "Портал заведёт регион и вас как его координатора. На следующей странице вы зададите пароль.",
        "form": form,
        "submit": "Начать",
        "cancel_url": "/",
        "keep": "first-region",
    }
    return render(request, "foundation/form_page.html", page)
