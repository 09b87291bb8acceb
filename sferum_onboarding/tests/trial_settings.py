"""The settings of web processes in the fault trials: the portal's own, and CARELESS takes one safeguard out of them."""

import os

from sferum_onboarding.settings import *  # noqa: F403
from sferum_onboarding.settings import DATABASES, STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

match os.environ.get("CARELESS"):
    case "no_socket_timeouts":
        CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
    case "no_health_checks":
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
