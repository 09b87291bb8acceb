"""What is recognised of the letters of the corpus, what of the replies is cut right, and how fast letters are read.

    python benchmarks/mail_corpus.py --letters 10000

The corpus lies beside the checkout (shared/data/mail); nothing of it is committed.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=10_000)
    count = options.parse_args().letters
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings", "PORTAL_DATA": folder}
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
        import django

        django.setup()
        from correspondence.tests import corpus

        for figure in (*corpus.recognition(), corpus.own_words(), corpus.quote_headers()):
            print(f"{figure.what:<36} {figure}")
        print(f"{'letters read, parsing alone':<36} {count / parsing(count):,.0f} a second")
        print(f"{'letters read, with their rows':<36} {count / reading(count):,.0f} a second")


def small_letters(count: int) -> list[bytes]:
    from correspondence.tests.arrivals import raw_letter

    text = "Добрый день!\nОрганизация зарегистрирована.\n\n26.06.2026, 14:41, Портал <p@example.com>:\n> Просим"
    return [raw_letter(text, in_reply_to=f"<{number}@localhost>") for number in range(count)]


def parsing(count: int) -> float:
    from correspondence.reading import read

    letters, began = small_letters(count), time.perf_counter()
    for letter in letters:
        read(letter)
    return time.perf_counter() - began


def reading(count: int) -> float:
    from django.core.management import call_command

    from correspondence.inbox import read_stored
    from correspondence.tests.arrivals import store

    call_command("migrate", verbosity=0)
    for letter in small_letters(count):
        store(letter)
    began, read = time.perf_counter(), 0
    while done := read_stored():
        read += done
    assert read == count
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
