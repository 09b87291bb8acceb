"""Every setting of the portal, read from the environment; every default runs on a fresh machine.

`manage.py check` says in words what a real installation still lacks (see checks.py).
"""

import os
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(str(BASE_DIR / ".env"))

# Where an embedded installation keeps what it writes: database, broker folders, secret key, uploads.
DATA_DIR = Path(env("PORTAL_DATA", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def _kept_secret_key() -> str:
    """A key of this installation's own, made once: signed links must outlive a restart."""
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        try:
            with open(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(get_random_secret_key())
        except FileExistsError:
            pass  # another process of the same start was first
    return kept.read_text()


# --- What this installation is -------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or _kept_secret_key()
PORTAL_URL = env("PORTAL_URL", default=f"http://localhost:{env('PORT', default='8000')}").rstrip("/")
PORTAL_HOST = environ.urlparse(PORTAL_URL).hostname or "localhost"
IS_HTTPS = PORTAL_URL.startswith("https://")
# Trial by default: nothing leaves the machine until the region says that it is live.
PORTAL_LIVE = env.bool("PORTAL_LIVE", default=False)
# Names a function without arguments: the lines `manage.py up` prints when the portal works, such as who may sign in.
PORTAL_WELCOME = "coordination.demo.welcome_lines"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=sorted({"localhost", "127.0.0.1", "[::1]", PORTAL_HOST}))
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
# The number of proxies in front that append to X-Forwarded-For; 0 means the peer's own address is the visitor's.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Apps: an app imports only from apps above it in this list --------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "phonenumber_field",
    "foundation",
    "correspondence",
    "accounts",
    "organizations",
    "registrations",
    "invitations",
    "messenger",
    "guides",
    "coordination",
    "sferum_onboarding",
]

MIDDLEWARE = [
    "foundation.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "foundation.middleware.PrivateCopiesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "organizations.middleware.RegionTime",
    "foundation.middleware.WrongMethodMiddleware",
]

ROOT_URLCONF = "sferum_onboarding.urls"
WSGI_APPLICATION = "sferum_onboarding.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "coordination.desk.context",
            ],
            "builtins": ["foundation.templatetags.portal", "foundation.templatetags.look"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "foundation/table.html"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: SQLite embedded, PostgreSQL served ----------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Tests use a file too: locks are real there, and a worker process sees what a test has written.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] |= {
        # A deferred transaction that turns into a writer fails at once when somebody else writes; IMMEDIATE waits.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 5,
        # Without jit: no statement of a page is worth compiling, and for the desk that took longer than running it.
        "options": "-c jit=off -c statement_timeout=30000 -c lock_timeout=10000 "
        "-c idle_in_transaction_session_timeout=60000",
    }

# --- Broker and cache --------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost//")
if CELERY_BROKER_URL.startswith("filesystem"):
    _folders = {name: DATA_DIR / "broker" / name for name in ("queue", "processed", "control")}
    for _folder in _folders.values():
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folders["queue"]),
        "data_folder_out": str(_folders["queue"]),
        "processed_folder": str(_folders["processed"]),
        "control_folder": str(_folders["control"]),
        "store_processed": True,
        "polling_interval": 0.1,
    }
    # Processes share one lock over this broker's tasks: an idle one that was killed took it along, and the worker
    # stood still for ever. Threads live and die together, and who started the worker sees it.
    CELERY_WORKER_POOL = "threads"
else:
    # A Redis that accepts and never answers would hang a page for a minute without these timeouts.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "max_retries": 0,  # else a bell is tried again for four seconds
        "unacked_restore_throttle": 1,
        "visibility_timeout": 600,
    }
# Counts of sign-in attempts are shared between processes and survive the broker: nobody is kept out by a hung Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}}

# --- Celery: the database is the queue, the broker only a bell ----------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = env.int("WORKERS", default=2)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # A run that no worker took before the next one is of no use: without an expiry they pile up.
    "sweep-letters": {"task": "correspondence.tasks.sweep", "schedule": 10.0, "options": {"expires": 10.0}},
    "poll-mailboxes": {"task": "correspondence.tasks.poll", "schedule": 60.0, "options": {"expires": 60.0}},
    "heart": {"task": "foundation.tasks.beat_heart", "schedule": 10.0, "options": {"expires": 10}},
    "expire-requests": {
        "task": "invitations.tasks.expire_links_and_requests",
        "schedule": crontab(hour="22", minute="10"),
    },
    "sort-letters": {"task": "registrations.tasks.sort_letters", "schedule": 20.0, "options": {"expires": 20.0}},
    "expire-nominations": {"task": "registrations.tasks.expire_nominations", "schedule": crontab(minute="25")},
    "watch-links": {"task": "invitations.tasks.watch_links", "schedule": 60.0, "options": {"expires": 60.0}},
    "purge-requests": {"task": "invitations.tasks.purge_due", "schedule": crontab(hour="22", minute="30")},
    "purge-lists": {"task": "invitations.tasks.purge_lists", "schedule": crontab(hour="22", minute="40")},
    "purge-list-drafts": {"task": "invitations.tasks.purge_list_drafts", "schedule": crontab(minute="45")},
    "nudge-administrators": {"task": "invitations.tasks.nudge_administrators", "schedule": crontab(minute="5")},
    "purge": {"task": "foundation.tasks.purge", "schedule": crontab(hour="23", minute="40")},  # 02:40 in Moscow
    "purge-letters": {"task": "correspondence.tasks.purge", "schedule": crontab(hour="23", minute="50")},
    "follow-deputies": {"task": "organizations.tasks.follow_deputies", "schedule": crontab(minute="15")},
    "ask-about-deputies": {"task": "organizations.tasks.ask_about_deputies", "schedule": crontab(minute="35")},
    "remind-of-trainings": {
        "task": "guides.tasks.remind_of_trainings",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300.0},
    },
    "check-links": {"task": "guides.tasks.check_links", "schedule": crontab(hour="1", minute="20")},  # weekly, by claim
    "work-on-imports": {
        "task": "organizations.tasks.work_on_imports",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "purge-import-files": {"task": "organizations.tasks.purge_import_files", "schedule": crontab(minute="20")},
    # After the nudges about join requests: whoever got one of those is not written to again on that day.
    "remind": {"task": "coordination.tasks.remind", "schedule": crontab(minute="12")},
    # Acts on many organizations
    "work-on-campaigns": {
        "task": "coordination.tasks.work_on_campaigns",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "take-snapshots": {"task": "coordination.tasks.take_snapshots", "schedule": crontab(minute="2")},
    "work-on-exports": {"task": "coordination.tasks.work_on_exports", "schedule": 30.0, "options": {"expires": 30.0}},
    "erase-exports": {"task": "coordination.tasks.erase_exports", "schedule": crontab(minute="50")},
    "send-digests": {"task": "coordination.tasks.send_digests", "schedule": crontab(minute="0")},
    "hold-sferum-tables": {
        "task": "coordination.tasks.hold_sferum_tables",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "purge-sferum-tables": {"task": "coordination.tasks.purge_sferum_tables", "schedule": crontab(minute="50")},
    "forget-old-mergings": {"task": "coordination.tasks.forget_old_mergings", "schedule": crontab(minute="50")},
}


# --- Letters -----------------------------------------------------------------------------------------------------
def _mail_server(url: str) -> dict[str, Any]:
    try:
        return dict(env.email_url_config(url))
    except (ImproperlyConfigured, ValueError):
        return dict(env.email_url_config("smtp:"))  # no server at all; checks.py says it in words


EMAIL_CONFIG = _mail_server(env("EMAIL_URL", default="") or "smtp://127.0.0.1:1025")
vars().update(EMAIL_CONFIG)
EMAIL_BACKEND = "correspondence.backend.OutboxBackend"  # only correspondence/delivery.py talks to the mail server
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"Подключение школ к Сферуму <portal@{PORTAL_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# In trial mode letters are kept; with TRIAL_SMTP=1 they go to a mail server, on this machine only (for tests).
TRIAL_SMTP = env.bool("TRIAL_SMTP", default=False)
# What the mail server takes from us in a minute; 0: as much as it takes.
LETTERS_PER_MINUTE = env.int("LETTERS_PER_MINUTE", default=0)
# How long a letter of a case waits and can be withdrawn; 0: it leaves at once.
UNDO_MINUTES = env.int("UNDO_MINUTES", default=0)
# How long the school can take a decision about a join request back; its letter waits as long.
DECISION_UNDO_MINUTES = env.int("DECISION_UNDO_MINUTES", default=10)
# The mailbox that receives the answers of Support and the manager; empty: answers go to the administrator.
CASE_MAILBOX = env("CASE_MAILBOX", default="")
# Folders that are read for those answers: imap+ssl://name:password@host/INBOX, imap+tls:// or, on this machine, imap://.
MAILBOXES = env.list("MAILBOXES", default=[])

# --- Lists of names ----------------------------------------------------------------------------------------------
# How many days after the end of the wave of invitations a school's lists of expected names are kept.
EXPECTED_KEPT_DAYS = env.int("EXPECTED_KEPT_DAYS", default=30)
# --- Links that have leaked: what of the last hour makes the portal pause one by itself (invitations/radar.py) --------
# More requests than people expected × share + spare.
LEAK_OVER_SHARE = env.float("LEAK_OVER_SHARE", default=1.2)
LEAK_OVER_SPARE = env.int("LEAK_OVER_SPARE", default=2)
# At least so many within so many minutes, and more than this share of the people expected.
LEAK_BURST_REQUESTS = env.int("LEAK_BURST_REQUESTS", default=15)
LEAK_BURST_MINUTES = env.int("LEAK_BURST_MINUTES", default=10)
LEAK_BURST_SHARE = env.float("LEAK_BURST_SHARE", default=1.0)
# At least so many within the hour, this share of them with names that are not in the school's list.
LEAK_UNKNOWN_REQUESTS = env.int("LEAK_UNKNOWN_REQUESTS", default=10)
LEAK_UNKNOWN_SHARE = env.float("LEAK_UNKNOWN_SHARE", default=0.5)
# How long a link is left alone after the school has said that it has not leaked.
LEAK_TRUST_HOURS = env.int("LEAK_TRUST_HOURS", default=24)

# --- People and sessions -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Sign-in: django-allauth with e-mail or phone; people are entered by whoever appoints them, never by themselves.
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "request_login_code": "accounts.forms.SignInCodeForm",
    "reset_password": "accounts.forms.PasswordResetForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# Sign-up is closed; but without "password1" here allauth takes the password box away from sign-in.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# A letter may wait in a queue for minutes; eight digits stand three guesses each.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,5/15m/key", "reset_password": "20/m/ip,5/15m/key"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.forms.SecurityKeyForm",
    "edit_webauthn": "accounts.forms.SecurityKeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Сферум: подключение школ"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
# Coordinators and portal staff see many schools: live, they must have a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=PORTAL_LIVE)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "foundation.views.csrf_failure"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "portal_session", "portal_csrf"
# On plain http the site works without HTTPS only on this machine; `check --deploy` asks for https.
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines, past the proxy
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Language, time, files ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
USE_I18N = True
TIME_ZONE = "Europe/Moscow"  # pages show the region's own zone, see Region.time_zone
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "RU"
PHONENUMBER_DB_FORMAT = PHONENUMBER_DEFAULT_FORMAT = "E164"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"  # never served by address: every file goes through a view with rights
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a selection of 2,000 organizations or requests is one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Logs: to the standard streams, without names, phones or addresses --------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "foundation.middleware.RequestIdFilter"},
        "links": {"()": "foundation.middleware.LinkFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "links"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
