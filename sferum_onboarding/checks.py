"""What a real installation still lacks, in words: `manage.py check`, and `check --deploy` before going live."""

import os
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ValidationError

from correspondence.drafts import check_address
from correspondence.places import EXAMPLE, read_place

SMTP = "django.core.mail.backends.smtp.EmailBackend"
MOST_UNDO_MINUTES = 24 * 60
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104


@register
def live_portal_can_be_reached(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Letters and posters carry the portal's address for months: a wrong one cannot be called back."""
    if not settings.PORTAL_LIVE:
        return []
    found: list[CheckMessage] = []
    if urlsplit(settings.PORTAL_URL).hostname in LOCAL_HOSTS:
        found.append(
            Warning(
                f"Портал работает с настоящими письмами (PORTAL_LIVE), а его адрес – {settings.PORTAL_URL}.",
                hint="Укажите в PORTAL_URL адрес, который откроется у школ: он попадёт в письма и на плакаты.",
                id="portal.W001",
            )
        )
    elif not settings.IS_HTTPS:
        found.append(
            Warning(
                f"Адрес портала без https: {settings.PORTAL_URL}. Пароли и имена идут по сети открыто.",
                hint="Поставьте перед порталом прокси с сертификатом и укажите PORTAL_URL=https://…",
                id="portal.W003",
            )
        )
    return found


@register
def live_portal_can_write_letters(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PORTAL_LIVE:
        return []
    found: list[CheckMessage] = []
    if not os.environ.get("EMAIL_URL"):
        found.append(
            Warning(
                "Письма включены (PORTAL_LIVE), а почтовый сервер не указан.",
                hint="Укажите EMAIL_URL, например smtp+tls://имя:пароль@smtp.example.ru:587",
                id="portal.W002",
            )
        )
    if not settings.CASE_MAILBOX:
        found.append(
            Info(
                "Ящик для ответов Поддержки Сферума не указан (CASE_MAILBOX): ответы придут администраторам школ.",
                hint="Если портал должен читать ответы сам, укажите адрес ящика.",
                id="portal.I001",
            )
        )
    return found


@register
def letters_are_well_set(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Settings that no mail server would understand, on a live portal and before it goes live."""
    found: list[CheckMessage] = []
    if not settings.EMAIL_HOST or settings.EMAIL_CONFIG["EMAIL_BACKEND"] != SMTP:
        found.append(
            Error(
                "Адрес почтового сервера (EMAIL_URL) не разобрать: письма уходить не будут.",
                hint="Пример: smtp+tls://имя:пароль@smtp.example.ru:587. Знаки @ и : в пароле пишутся как %40 и %3A.",
                id="portal.E002",
            )
        )
    if trouble := _wrong_with_sender():
        found.append(
            Error(
                f"От чьего имени уходят письма (DEFAULT_FROM_EMAIL): {trouble}",
                hint="Укажите имя и адрес ящика, с которого портал пишет: Подключение школ <sferum@edu.example.ru>",
                id="portal.E003",
            )
        )
    if settings.LETTERS_PER_MINUTE < 0:
        found.append(
            Error(
                "Сколько писем в минуту (LETTERS_PER_MINUTE) – не может быть меньше нуля.",
                hint="0 – без ограничения.",
                id="portal.E004",
            )
        )
    for name, usual in (("UNDO_MINUTES", 5), ("DECISION_UNDO_MINUTES", 10)):
        if not 0 <= getattr(settings, name) <= MOST_UNDO_MINUTES:
            found.append(
                Error(
                    f"Сколько минут письмо можно отозвать ({name}) – от 0 до {MOST_UNDO_MINUTES}.",
                    hint=f"Обычно хватает {usual}. 0 – письмо уходит сразу.",
                    id="portal.E005",
                )
            )
    return found


@register
def mailboxes_can_be_read(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each address of MAILBOXES by its number: the password in it is shown nowhere."""
    found: list[CheckMessage] = []
    for number, address in enumerate(settings.MAILBOXES, 1):
        try:
            read_place(address)
        except ValueError as error:
            words = f"Почтовый ящик {number} в MAILBOXES не читается: {error}."
            found.append(Warning(words, hint="Исправьте адрес; остальные ящики читаются.", id="portal.W007"))
    if settings.PORTAL_LIVE and settings.MAILBOXES and not settings.CASE_MAILBOX:
        found.append(
            Warning(
                "Портал читает почтовый ящик (MAILBOXES), а ответы просит присылать не туда: CASE_MAILBOX не указан.",
                hint="Укажите в CASE_MAILBOX адрес того же ящика.",
                id="portal.W008",
            )
        )
    if settings.PORTAL_LIVE and settings.CASE_MAILBOX and not settings.MAILBOXES:
        found.append(
            Warning(
                f"Ответы Поддержки Сферума придут на {settings.CASE_MAILBOX}, а портал этот ящик не читает.",
                hint=f"Укажите, как забирать из него письма: MAILBOXES={EXAMPLE}",
                id="portal.W009",
            )
        )
    return found


def _wrong_with_sender() -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if not settings.PORTAL_LIVE and all(address.partition("@")):
        return ""  # portal@localhost will do on a machine that writes to nobody
    try:
        check_address(address)
    except ValidationError:
        return f"«{address or settings.DEFAULT_FROM_EMAIL}» – не адрес почты, с которого примут письмо."
    return ""


@register(Tags.security, deploy=True)
def parts_fit_together(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One machine may live on SQLite and a folder; several need a server for both."""
    found: list[CheckMessage] = []
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    is_folder = settings.CELERY_BROKER_URL.startswith("filesystem")
    if is_folder and not is_sqlite:
        found.append(
            Warning(
                "База данных на сервере, а очередь задач – в папке: исполнители на других машинах её не увидят.",
                hint="Если машин несколько, укажите CELERY_BROKER_URL=redis://…",
                id="portal.W004",
            )
        )
    if is_sqlite and not is_folder:
        found.append(
            Warning(
                "Очередь задач на сервере, а база данных – в файле SQLite: исполнители на других машинах её не увидят.",
                hint="Если машин несколько, укажите DATABASE_URL=postgres://…",
                id="portal.W005",
            )
        )
    if settings.IS_HTTPS and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "Адрес портала – https, а прокси перед ним не указан: портал не узнает, что соединение защищено, "
                "и будет без конца перенаправлять.",
                hint="Укажите TRUSTED_PROXIES – сколько прокси стоит перед порталом, обычно 1.",
                id="portal.W006",
            )
        )
    return found
