"""System checks say in words what a real installation lacks, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = dict(
    line.split("=", 1)
    for line in (settings.BASE_DIR / ".ci" / "production.env").read_text().splitlines()
    if line and not line.startswith("#")
)


def check(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with these variables and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "check", *arguments],
        env=kept | {"PORTAL_DATA": str(data)} | environment,
        capture_output=True,
        text=True,
    )


def test_fresh_machine_has_nothing_to_complain_about(tmp_path: Path) -> None:
    done = check(tmp_path, "--fail-level", "INFO")
    assert done.returncode == 0, done.stderr


def test_documented_production_variables_pass_the_check_for_deployment(tmp_path: Path) -> None:
    done = check(tmp_path, "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORTAL_URL", "", "адрес – http://localhost"),
        ("PORTAL_URL", "http://sferum.example.ru", "без https"),
        ("EMAIL_URL", "", "почтовый сервер не указан"),
        ("CASE_MAILBOX", "", "Ящик для ответов Поддержки"),
        ("CASE_MAILBOX", "", "ответы просит присылать не туда"),
        ("MAILBOXES", "", "а портал этот ящик не читает"),
        ("MAILBOXES", "imap+ssl://cases:secret@imap.example.ru,imap.example.ru", "ящик 2 в MAILBOXES не читается"),
        ("MAILBOXES", "imap://cases:secret@imap.example.ru", "без шифрования (imap://) читается только"),
        ("CELERY_BROKER_URL", "", "очередь задач – в папке"),
        ("DATABASE_URL", "", "в файле SQLite"),
        ("TRUSTED_PROXIES", "0", "прокси перед ним не указан"),
    ],
)
def test_each_missing_part_is_named(tmp_path: Path, variable: str, value: str, words: str) -> None:
    environment = PRODUCTION | {variable: value}
    if not value:
        del environment[variable]
    done = check(tmp_path, "--deploy", "--fail-level", "INFO", **environment)
    assert done.returncode == 1
    assert words in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("EMAIL_URL", "smtp.example.ru", "почтового сервера (EMAIL_URL) не разобрать"),
        ("EMAIL_URL", "smtp+tls://portal:p#ss@smtp.example.ru:587", "почтового сервера (EMAIL_URL) не разобрать"),
        ("EMAIL_URL", "consolemail://", "почтового сервера (EMAIL_URL) не разобрать"),
        ("DEFAULT_FROM_EMAIL", "Департамент образования", "От чьего имени уходят письма"),
        ("LETTERS_PER_MINUTE", "-1", "не может быть меньше нуля"),
        ("UNDO_MINUTES", "-5", "от 0 до 1440"),
        ("UNDO_MINUTES", "100000", "от 0 до 1440"),
        ("DECISION_UNDO_MINUTES", "-1", "от 0 до 1440"),
    ],
)
def test_each_malformed_setting_of_mail_is_named(
    tmp_path: Path, variable: str, value: str, words: str, is_live: bool
) -> None:
    environment = {"PORTAL_LIVE": "1" if is_live else "0", variable: value}
    done = check(tmp_path, **(PRODUCTION | environment if is_live else environment))
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["portal@localhost", "portal@127.0.0.1", "portal@[127.0.0.1]"])
def test_a_live_portal_does_not_write_from_a_machine_without_a_name(tmp_path: Path, address: str) -> None:
    sender = {"DEFAULT_FROM_EMAIL": f"Портал <{address}>"}
    done = check(tmp_path, **PRODUCTION | sender)
    assert done.returncode == 1
    assert f"«{address}» – не адрес почты" in done.stderr
    assert check(tmp_path, **sender).returncode == 0


def test_every_variable_of_the_settings_is_described_in_the_example() -> None:
    described = (settings.BASE_DIR / ".env.example").read_text()
    source = (settings.BASE_DIR / "sferum_onboarding" / "settings.py").read_text()
    read = {part.split('"')[1] for part in source.replace("env.", "env(").split("env(")[1:] if '"' in part[:12]}
    assert {"PORTAL_URL", "DATABASE_URL", "WORKERS"} <= read
    assert [name for name in sorted(read) if name.isupper() and f"#{name}=" not in described] == []
