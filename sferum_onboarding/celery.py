"""The Celery application. Tasks live in each app's `tasks.py`; the schedule is in the settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_onboarding.settings")
TRANSPORT_ALIASES["filesystem"] = "foundation.folder_broker:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "foundation.redis_broker:Transport"

app = Celery("sferum_onboarding")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
