"""A database of its own for each measurement: a file, or one created on the server of DATABASE_URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def own_database(name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, which is dropped afterwards."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    import psycopg2

    parts = urlsplit(server)
    own = f"bench_{name}_{os.getpid()}"
    admin = psycopg2.connect(urlunsplit(parts._replace(scheme="postgresql", path="/postgres")))
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {own}")
    try:
        yield urlunsplit(parts._replace(path=f"/{own}"))
    finally:
        admin.cursor().execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")
        admin.close()


@contextmanager
def portal_database(name: str, folder: Path) -> Iterator[None]:
    """The portal itself in this process, with its tables in a database of its own."""
    with own_database(name, folder) as address:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings",
            "DATABASE_URL": address,
            "PORTAL_DATA": str(folder),
            "PORTAL_LIVE": "0",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        try:
            yield
        finally:
            connections.close_all()
