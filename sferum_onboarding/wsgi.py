"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from foundation.starting import refuse_unfit_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_onboarding.settings")

application = get_wsgi_application()
refuse_unfit_database()
