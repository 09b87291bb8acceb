"""Real letters and invented organizations never live in one portal."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from coordination.demo import has_demo


@register(Tags.database)
def live_portal_holds_no_example(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asks the database, so it runs where a database is named: `check --database default`, `up`, start of the web."""
    if not settings.PORTAL_LIVE or "default" not in (databases or ()):
        return []
    try:
        if not has_demo():
            return []
    except DatabaseError:  # not migrated or away: each is told elsewhere
        return []
    return [
        Error(
            "Портал включён для настоящей работы (PORTAL_LIVE=1), а в базе лежит пример с вымышленными организациями.",
            hint="Начните с новой базы: другая папка данных (PORTAL_DATA) или другая база (DATABASE_URL), "
            "затем manage.py start_region.",
            id="portal.E001",
        )
    ]
