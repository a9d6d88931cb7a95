"""Settings, from the environment alone (docs/configuration.md). Without any, the embedded default runs."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from partner_center.project.logging import configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PARTNER_CENTER_VAR", "var")).absolute()


def _flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).lower() in ("1", "true", "yes", "on")


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _kept_secret(path: Path) -> str:
    """A secret of this installation, made at the first start and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()


DEBUG = _flag("PARTNER_CENTER_DEBUG")
SANDBOX = _flag("PARTNER_CENTER_SANDBOX")
SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret(VAR / "secret-key")
FIELD_KEYS = _list("PARTNER_CENTER_FIELD_KEYS") or [SECRET_KEY]
ALLOWED_HOSTS = _list("PARTNER_CENTER_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = _list("PARTNER_CENTER_ORIGINS")
PUBLIC_URL = os.environ.get("PARTNER_CENTER_PUBLIC_URL", "http://127.0.0.1:8000")
BEHIND_TLS = _flag("PARTNER_CENTER_TLS")

ROOMS = [
    "reference",
    "identity",
    "ledger",
    "catalogue",
    "partners",
    "customers",
    "funds",
    "pricing",
    "subscriptions",
    "metering",
    "orders",
    "billing",
    "channel",
]
"""Bottom to top; the order of architecture.md §1."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "partner_center.foundation",
    "partner_center.wire",
    "partner_center.console",
    *(
        f"partner_center.{room}"
        for room in ROOMS
        if (BASE_DIR / room / "models.py").exists() or (BASE_DIR / room / "models").exists()
    ),
]

MIDDLEWARE = [
    "partner_center.wire.gate.WireGate",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "partner_center.project.urls"
WSGI_APPLICATION = "partner_center.project.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

_EMBEDDED = f"sqlite:///{VAR / 'partner-center.sqlite3'}"
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL") or _EMBEDDED, conn_max_age=0)
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 20},
        "server_side_binding": True,
        "prepare_threshold": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ACTOR_FROM_SIGNATURE = "partner_center.identity.door.actor_from_signature"
ACTOR_FROM_TOKEN = "partner_center.identity.door.actor_from_token"
ACTOR_FROM_SESSION = "partner_center.identity.door.actor_from_session"
ACTOR_OF_USER = "partner_center.identity.door.actor_of_user"
CONSOLE_HEAD = "partner_center.identity.console.head.head_of"
CONSOLE_SECOND_CHECK = "partner_center.identity.console.second_check.codes"
CSRF_FAILURE_VIEW = "partner_center.console.door.refuse_forgery"
CUSTOMERS_ASSIGNED_TO = "partner_center.customers.queries.customers_assigned_to"
AGENCY_STANDS = "partner_center.customers.agency.stands"
AGENCY_PERMISSIONS = "partner_center.customers.agency.acting_permissions"
AGENCY_USED = "partner_center.customers.agency.note_call"
AGENCY_TAKEN = "partner_center.customers.agency.note_token"
ACTOR_HOLDS_ITEMS = "partner_center.identity.door.holds_items"
CONSOLE_LOGIN = "/console/login/"

TRUSTED_PROXIES = _list("PARTNER_CENTER_TRUSTED_PROXIES")
FLOW_CONTROL_FILE = os.environ.get("PARTNER_CENTER_FLOW_CONTROL_FILE", str(VAR / "flow-control"))

OUTBOX_BACKENDS = {
    "mail": os.environ.get("PARTNER_CENTER_MAIL_BACKEND", "partner_center.foundation.delivery.keep"),
    "sms": os.environ.get("PARTNER_CENTER_SMS_BACKEND", "partner_center.foundation.delivery.keep"),
}
OUTBOX_FILE = os.environ.get("PARTNER_CENTER_OUTBOX_FILE", str(VAR / "outbox.jsonl"))
EMAIL_HOST = os.environ.get("PARTNER_CENTER_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PARTNER_CENTER_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PARTNER_CENTER_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PARTNER_CENTER_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("PARTNER_CENTER_SMTP_STARTTLS")
EMAIL_USE_SSL = _flag("PARTNER_CENTER_SMTP_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("PARTNER_CENTER_MAIL_FROM", "partner-center@localhost")
SMS_URL = os.environ.get("PARTNER_CENTER_SMS_URL", "https://api.twilio.com")
SMS_ACCOUNT = os.environ.get("PARTNER_CENTER_SMS_ACCOUNT", "")
SMS_TOKEN = os.environ.get("PARTNER_CENTER_SMS_TOKEN", "")
SMS_FROM = os.environ.get("PARTNER_CENTER_SMS_FROM", "")

PAYMENT_GATEWAYS = _list(
    "PARTNER_CENTER_PAYMENT_GATEWAYS",
    "partner_center.funds.gateways.sandbox.SandboxGateway" if SANDBOX else "",
)

FULFILMENT = os.environ.get(
    "PARTNER_CENTER_FULFILMENT", "partner_center.orders.fulfilment.simulator.Simulator"
)
FULFILMENT_WEBHOOK_URL = os.environ.get("PARTNER_CENTER_FULFILMENT_WEBHOOK_URL", "")
FULFILMENT_WEBHOOK_SECRET = os.environ.get("PARTNER_CENTER_FULFILMENT_WEBHOOK_SECRET", "")
ORDERS: dict[str, Any] = json.loads(os.environ.get("PARTNER_CENTER_ORDERS", "{}"))

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = VAR / "files"
PARTNER_CENTER_STORE = os.environ.get("PARTNER_CENTER_STORE", str(VAR / "store"))
PARTNER_CENTER_RATING_ENGINE = os.environ.get("PARTNER_CENTER_RATING_ENGINE", "duckdb")
PARTNER_CENTER_RATING_MEMORY = os.environ.get("PARTNER_CENTER_RATING_MEMORY", "1GB")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "partner_center"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

GRACE_DAYS = [int(days) for days in _list("PARTNER_CENTER_GRACE_DAYS", "7,15,15,15,15,15")]
RETENTION_DAYS = int(os.environ.get("PARTNER_CENTER_RETENTION_DAYS", "15"))

INTERNATIONAL_TAX_PERCENT = os.environ.get("PARTNER_CENTER_INTERNATIONAL_TAX_PERCENT", "0")
PARTNER_BILL_DAYS = int(os.environ.get("PARTNER_CENTER_PARTNER_BILL_DAYS", "30"))

FIRST_ORDER_NEEDS_REAL_NAME = _flag("PARTNER_CENTER_FIRST_ORDER_NEEDS_REAL_NAME")
SITE_ADDRESSES: dict[str, str] = json.loads(os.environ.get("PARTNER_CENTER_SITE_ADDRESSES", "{}"))
REAL_NAME_CHECK = os.environ.get("PARTNER_CENTER_REAL_NAME_CHECK", "")
REAL_NAME_APPLICATIONS_A_DAY = int(os.environ.get("PARTNER_CENTER_REAL_NAME_APPLICATIONS_A_DAY", "5"))
REAL_NAME_CUSTOMERS_PER_NUMBER = int(os.environ.get("PARTNER_CENTER_REAL_NAME_CUSTOMERS_PER_NUMBER", "5"))
REGISTRATIONS_PER_MOBILE = int(os.environ.get("PARTNER_CENTER_REGISTRATIONS_PER_MOBILE", "5"))
PLATFORMS_AT_FIRST_USE = _flag("PARTNER_CENTER_PLATFORMS_AT_FIRST_USE", "1" if SANDBOX else "0")

configure_logging(
    as_json=_flag("PARTNER_CENTER_LOG_JSON"), level=os.environ.get("PARTNER_CENTER_LOG_LEVEL", "info")
)
