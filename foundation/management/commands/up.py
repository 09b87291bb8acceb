"""`manage.py up`: the whole portal in one foreground command."""

import fcntl
import http.client
import os
import signal
import socket
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from foundation.models import Heartbeat
from foundation.processes import Programs
from foundation.starting import refuse_unfit_database
from foundation.static_files import collect_if_changed

GRACE = 20  # seconds to finish a task or a request after SIGTERM
POLL = 0.2
WORDS_AFTER = 30  # seconds of silence before the command says whom it is still waiting for
PARTS = {"web": "сайт", "worker": "исполнитель задач", "beat": "расписание"}


def port_number(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or not 0 < int(typed) < 65536:
        raise ArgumentTypeError(f"порт – число от 1 до 65535, а указано «{typed}».")
    return int(typed)


class Command(BaseCommand):
    help = "Запускает портал целиком: сайт, исполнителя задач и расписание. Ctrl-C останавливает всё."
    asked_to_stop = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="не заполнять пустую базу примером")
        parser.add_argument("--host", default="127.0.0.1", help="адрес, на котором отвечает сайт (127.0.0.1)")
        parser.add_argument(
            "--port", type=port_number, default=os.environ.get("PORT") or "8000", help="порт (PORT или 8000)"
        )

    def handle(self, *, empty: bool, host: str, port: int, **options: Any) -> None:
        address = os.environ.get("PORTAL_URL") or f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        with self._only_one(address) as lock:
            self._check_port(host, port)
            try:
                self._prepare(empty)
            except KeyboardInterrupt:
                raise CommandError("Остановлено до запуска.", returncode=130) from None
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._ask_to_stop)
            programs = Programs(Path(settings.BASE_DIR), self._say)
            try:
                programs.start(self._commands(host, port), {"PORT": str(port)}, keep_open=lock.fileno())
                self._watch(programs, host, port, address)
            finally:
                for name in programs.stop(GRACE):
                    self._say(f"{PARTS[name]} ({name}) не успевает закончить за {GRACE} с и остановлен принудительно.")
        self._say("Портал остановлен.")

    # --- before the start ------------------------------------------------------------------------------------

    def _only_one(self, address: str) -> TextIO:
        """The lock of the data folder, held until the last part has ended; two schedules would do everything twice."""
        lock = open(settings.DATA_DIR / "up.lock", "a+")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(
                f"Портал с этой папкой данных уже запущен или ещё останавливается: {lock.read().strip()}\n"
                f"Папка данных: {settings.DATA_DIR}. Остановите его (Ctrl-C) или укажите другую папку: PORTAL_DATA."
            ) from None
        lock.truncate(0)
        lock.write(f"{address}, процесс {os.getpid()}\n")
        lock.flush()
        return lock

    def _check_port(self, host: str, port: int) -> None:
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(place)
                trial.listen()
        except PermissionError:
            raise CommandError(f"Порт {port} занимать нельзя: нужны права. Укажите порт больше 1023.") from None
        except OSError as error:
            raise CommandError(
                f"Порт {port} на {host} занять не удалось ({error.strerror}). Скорее всего, его слушает другая "
                f"программа: остановите её или выберите другой порт, например make run PORT={port % 65535 + 1}."
            ) from None

    def _prepare(self, empty: bool) -> None:
        self._say("Готовлю базу данных и файлы оформления…")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        try:
            refuse_unfit_database()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        collect_if_changed()
        if not empty and "fill_demo" in get_commands():
            # What an empty database is, the floors above know.
            call_command("fill_demo", if_empty=True, stdout=self.stdout)
        connection.close()

    # --- running ---------------------------------------------------------------------------------------------

    def _commands(self, host: str, port: int) -> dict[str, list[str]]:
        python, app = sys.executable, "sferum_onboarding"
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        web = ["gunicorn", f"{app}.wsgi", "--bind", bind, "--worker-class", "gthread", "--workers", "1"]
        web += ["--threads", "8", "--graceful-timeout", str(GRACE - 5), "--log-level", "warning"]
        celery = ["celery", "--quiet", "--app", app]
        worker = [*celery, "worker", "--loglevel", "WARNING", "--without-mingle", "--without-gossip"]
        beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]
        # Celery warns at length when root runs it; the danger it means is pickle, and our messages are JSON.
        root = ["-W", "ignore:You're running the worker with superuser privileges"]
        return {
            "web": [python, "-m", *web],
            "worker": [python, *root, "-m", *worker],
            "beat": [python, "-m", *beat],
        }

    def _watch(self, programs: Programs, host: str, port: int, address: str) -> None:
        """Says the welcome once every part is heard, then waits for a signal or for the end of any part."""
        started = timezone.now()
        silent = set(PARTS)
        complained = False
        while not self.asked_to_stop:
            if end := programs.ended():
                name, code = end
                raise CommandError(
                    f"{PARTS[name]} ({name}) завершился сам с кодом {code}; останавливаю портал.",
                    returncode=code if code > 0 else 1,
                )
            if silent:
                silent -= self._heard(silent, started, host, port)
                if not silent:
                    self._welcome(address)
                elif not complained and timezone.now().timestamp() - started.timestamp() > WORDS_AFTER:
                    complained = True
                    self._say("Пока не отвечает: " + ", ".join(PARTS[name] for name in sorted(silent)) + ". Жду.")
            time.sleep(POLL)
        self._say("Останавливаю: даю закончить начатое…")

    def _heard(self, silent: set[str], since: datetime, host: str, port: int) -> set[str]:
        heard = set()
        if "web" in silent and self._web_answers(host, port):
            heard.add("web")
        try:
            heard |= set(Heartbeat.objects.filter(part__in=silent, at__gte=since).values_list("part", flat=True))
        except DatabaseError:
            connection.close()  # asked again in a moment, on a new connection
        return heard

    def _web_answers(self, host: str, port: int) -> bool:
        """Any status counts: a wrong ALLOWED_HOSTS is for `check` to tell, the process is up."""
        web = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=2)  # noqa: S104
        try:
            web.request("GET", "/healthz", headers={"Host": settings.PORTAL_HOST})
            return web.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def _welcome(self, address: str) -> None:
        connection.close()
        self._say("")
        self._say(f"Портал работает: {address}/")
        for line in self._welcome_lines():
            self._say(line)
        self._say("Остановить – Ctrl-C.")

    def _welcome_lines(self) -> Iterable[str]:
        try:
            lines: Iterable[str] = import_string(settings.PORTAL_WELCOME)()
        except ImportError:
            return []
        return lines

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.asked_to_stop = True

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
