"""How fast letters leave: raw smtplib, the plain loop with two updates a letter, the outbox, the outbox in a worker.

    python benchmarks/letters.py --letters 500

Each way sends the same letters over one connection to a mail server in a process of its own. DATABASE_URL and
CELERY_BROKER_URL choose the parts; by default SQLite and the folder broker in a temporary folder. The ways take turns,
and a ratio is the median of the ratios within each round: other programs of the machine slow all of a round down.
"""

import argparse
import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=500)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder)) as port:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings",
            "PORTAL_DATA": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "TRIAL_SMTP": "1",
            "PORTAL_LIVE": "0",
        }
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        compare(chosen.letters, chosen.rounds, Path(folder) / "letters")


def compare(count: int, rounds: int, arrived: Path) -> None:
    from correspondence.outbox import deliver_due

    ways: dict[str, Callable[[], float]] = {
        "raw smtplib": lambda: timed(raw_smtplib),
        "plain loop, two updates a letter": lambda: timed(plain_loop),
        "outbox": lambda: timed(deliver_due),
        "outbox in a Celery worker": worker_seconds,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            before = len(list(arrived.glob("*.eml")))
            fill(count)
            took[name].append(run())
            came = len(list(arrived.glob("*.eml"))) - before
            assert came == count, f"{name}: {came} of {count} arrived"
    raw, plain, *_ = took.values()
    for name, seconds in took.items():
        ratios = f"{ratio(plain, seconds):5.2f} × plain loop {ratio(raw, seconds):5.2f} × raw"
        print(f"{name:<34} {count / median(seconds):>7.0f} letters a second {ratios}", flush=True)


def ratio(yardstick: list[float], seconds: list[float]) -> float:
    return median(one / other for one, other in zip(yardstick, seconds, strict=True))


def fill(count: int) -> None:
    from correspondence.models import Draft, Letter

    Letter.objects.all().delete()
    Letter.objects.queue_many(
        [
            Draft(f"b:{number}", f"school-{number}@example.org", f"Письмо {number}", "Здравствуйте!\n" * 40)
            for number in range(count)
        ]
    )


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def raw_smtplib() -> None:
    _loop(lambda letter: None, lambda letter: None)


def plain_loop() -> None:
    from correspondence.models import Letter

    def mark(status: str) -> Callable[[Letter], object]:
        return lambda letter: Letter.objects.filter(pk=letter.pk).update(status=status, lease_until=letter.due_at)

    _loop(mark("sending"), mark("queued"))


def _loop(before: Callable, after: Callable) -> None:
    from django.conf import settings

    from correspondence.composing import compose
    from correspondence.models import Letter

    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        for letter in Letter.objects.all():
            before(letter)
            smtp.sendmail("portal@example.org", [letter.recipient], compose(letter))
            after(letter)


def worker_seconds() -> float:
    """From the first letter that left to the last: the start of the worker itself is not what is measured."""
    from django.db.models import Max, Min

    from correspondence.models import Letter
    from correspondence.statuses import OPEN

    command = [sys.executable, "-m", "celery", "--quiet", "-A", "sferum_onboarding", "worker", "-c", "2"]
    worker = subprocess.Popen(
        [*command, "--loglevel", "ERROR"], cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while Letter.objects.filter(status__in=OPEN).exists():
        time.sleep(0.2)
    worker.terminate()
    worker.wait()
    ends = Letter.objects.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return float((ends["last"] - ends["first"]).total_seconds())


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    from correspondence.tests.sink import free_port

    port = free_port()
    command = [sys.executable, "-m", "correspondence.tests.sink", "--port", str(port), "--folder", f"{folder}/letters"]
    server = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    server.stdout.readline()  # it says that it listens
    yield port
    server.terminate()
    server.wait()


if __name__ == "__main__":
    main()
