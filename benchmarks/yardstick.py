"""The same work in bare Django, as `startproject` leaves it: a form behind a link, a phone to E.164, a limit of rate,
and place, request, event and letter in one transaction. What the portal adds is measured against it.

Served by gunicorn as `benchmarks.yardstick:application`; DATABASE_URL names its database.
"""

import os
import time
from datetime import date, timedelta

import environ
import phonenumbers
from django.conf import settings

YARDSTICK_APP = "benchmarks_yardstick"


def configure() -> None:
    import django

    database = environ.Env().db("DATABASE_URL")
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    settings.configure(
        SECRET_KEY="yardstick",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"join.html": PAGE, "receipt.html": RECEIPT})]
                },
            }
        ],
    )
    django.setup()


PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{{ link.klass.name }}</title></head><body>
<h1>{{ link.klass.school.name }}</h1><p>{{ link.klass.name }}, {{ link.role }}. Действует по {{ link.expires_on }}.</p>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Подать заявку</button></form></body></html>"""
RECEIPT = "<!doctype html><title>{{ request.pk }}</title><p>Заявка {{ request.pk }}: {{ request.status }}</p>"

if not settings.configured and os.environ.get("DATABASE_URL"):
    configure()

from django import forms  # noqa: E402 - models need the settings above
from django.core import signing  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404, redirect, render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402


class School(models.Model):
    name = models.CharField(max_length=200)

    class Meta:
        app_label = YARDSTICK_APP


class Klass(models.Model):
    school = models.ForeignKey(School, models.CASCADE)
    name = models.CharField(max_length=50)

    class Meta:
        app_label = YARDSTICK_APP


class Link(models.Model):
    klass = models.ForeignKey(Klass, models.CASCADE)
    code = models.CharField(max_length=12, unique=True)
    role = models.CharField(max_length=20)
    limit = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    expires_on = models.DateField()

    class Meta:
        app_label = YARDSTICK_APP


class Request(models.Model):
    link = models.ForeignKey(Link, models.CASCADE)
    full_name = models.CharField(max_length=200)
    applicant_name = models.CharField(max_length=200)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    status = models.CharField(max_length=20, default="pending")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = YARDSTICK_APP
        indexes = [models.Index(name="y_request_review", fields=["link", "status", "created_at"])]


class Event(models.Model):
    verb = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = YARDSTICK_APP
        indexes = [models.Index(name="y_event_object", fields=["object_id"])]


class Letter(models.Model):
    dedupe_key = models.CharField(max_length=400, unique=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=500)
    text = models.TextField()
    status = models.CharField(max_length=10, default="queued")
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        app_label = YARDSTICK_APP


class RateCount(models.Model):
    key = models.CharField(max_length=64)
    window_ends = models.BigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        app_label = YARDSTICK_APP
        constraints = [models.UniqueConstraint(name="y_rate", fields=["key", "window_ends"])]


class JoinForm(forms.Form):
    applicant_name = forms.CharField(max_length=200)
    full_name = forms.CharField(max_length=200)
    phone = forms.CharField(max_length=40, required=False)
    email = forms.EmailField(required=False)
    is_representative = forms.BooleanField()
    consent = forms.BooleanField()
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "RU")
        except phonenumbers.NumberParseException as error:
            raise ValidationError("phone") from error
        if not phonenumbers.is_valid_number(number):
            raise ValidationError("phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_allowed(key: str, most: int) -> bool:
    window = int(time.time()) // 3600 * 3600 + 3600
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RateCount._meta.db_table} (key, window_ends, count) VALUES (%s, %s, 1) ON CONFLICT "
            f"(key, window_ends) DO UPDATE SET count = {RateCount._meta.db_table}.count + 1 RETURNING count",
            [key, window],
        )
        return cursor.fetchone()[0] <= most


def join(request, code):
    link = get_object_or_404(Link.objects.select_related("klass__school"), code=code)
    form = JoinForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "join.html", {"link": link, "form": form})
    if not is_allowed(f"{link.pk}:{request.headers.get('X-Forwarded-For', '')}"[:64], 300):
        return HttpResponse(status=429)
    typed = {name: form.cleaned_data[name] for name in ("full_name", "applicant_name", "phone", "email")}
    with transaction.atomic():
        is_open = Link.objects.filter(pk=link.pk, used__lt=F("limit"), expires_on__gte=date.today())
        if not is_open.update(used=F("used") + 1):
            return HttpResponse(status=410)
        filed = Request.objects.create(link=link, **typed)
        Event.objects.create(verb="request.filed", object_id=filed.pk)
        if filed.email:
            text = f"Здравствуйте!\n\nЗаявка {filed.pk} подана: {link.klass.school.name}, {link.klass.name}.\n"
            subject = f"Заявка {filed.pk} подана"
            Letter.objects.create(dedupe_key=f"j:{filed.pk}", recipient=filed.email, subject=subject, text=text)
    return redirect("receipt", signing.dumps(filed.pk))


def receipt(request, token):
    found = get_object_or_404(Request, pk=signing.loads(token))
    return render(request, "receipt.html", {"request": found})


urlpatterns = [path("j/<str:code>/", join), path("receipt/<str:token>/", receipt, name="receipt")]


def make_tables(links: int) -> list[str]:
    """Creates the tables anew and gives the codes of that many links."""
    tables = [School, Klass, Link, Request, Event, Letter, RateCount]
    with connection.schema_editor() as editor:
        for model in tables:
            editor.create_model(model)
    klass = Klass.objects.create(school=School.objects.create(name="Школа № 1"), name="7 «Б»")
    codes = [f"YARD{number:08d}" for number in range(links)]
    last_day = date.today() + timedelta(days=30)
    Link.objects.bulk_create(
        Link(klass=klass, code=code, role="ученик", limit=9999, expires_on=last_day) for code in codes
    )
    return codes


application = get_wsgi_application() if settings.configured else None
