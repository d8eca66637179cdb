"""All settings, read from the environment (ALLAY_…). docs/administrator.md explains each; a test sees to it."""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


def text(name: str, default: str = "") -> str:
    """ALLAY_NAME, or the content of the file that ALLAY_NAME_FILE names."""
    if path := os.environ.get(f"ALLAY_{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(f"ALLAY_{name}", default)


def number(name: str, default: int) -> int:
    given = text(name, str(default))
    if not given.isascii() or not given.isdigit():
        raise ImproperlyConfigured(f"ALLAY_{name} must be a whole number")
    return int(given)


def flag(name: str) -> bool:
    return text(name).lower() in {"1", "true", "yes", "on"}


PACKAGE = Path(__file__).resolve().parent.parent
DEMO = flag("DEMO")
DATA = Path(text("DATA") or Path.cwd() / "var" / ("demo" if DEMO else "service")).resolve()
CONTENT = Path(text("CONTENT")).resolve() if text("CONTENT") else None  # a service's own content folder


def secret_key() -> str:
    """ALLAY_SECRET_KEY, or a key made at the first start and kept in the data folder."""
    if given := text("SECRET_KEY"):
        return given
    path = DATA / "secret-key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8")


SECRET_KEY = secret_key()
URL = text("URL", "http://localhost:8000").rstrip("/")  # where people reach this service
HTTPS = URL.startswith("https://")
TRUST_PROXY = flag("TRUST_PROXY")  # only behind a proxy that sets X-Forwarded-For itself
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
ALLOWED_HOSTS = [urlsplit(URL).hostname or "localhost", *filter(None, text("HOSTS").split(","))]
if not HTTPS:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [URL]
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allay.records.apps.RecordsConfig",
    "allay.faces.shared",
    "allay.faces.participant",
    "allay.faces.facilitator",
    "allay.faces.researcher",
]
MIDDLEWARE = [
    "allay.server.middleware.headers",
    "allay.server.middleware.packing",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "allay.server.middleware.utf8_only",
    "allay.server.middleware.sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allay.server.middleware.idle",
    "allay.server.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allay.server.middleware.refusals",
]
ROOT_URLCONF = "allay.server.urls"
ASGI_APPLICATION = "allay.server.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "allay.faces.shared.context.everywhere",
            ]
        },
    }
]

# trust in what is kept: every line is asserted at start (allay/server/storage.py)
SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON; PRAGMA busy_timeout=10000; PRAGMA journal_size_limit=27103364;"
)
RECORDINGS = (
    DATA / "recordings"
)  # practices spoken by somebody of the service, each under the hash of its sound
DATABASE_KEY = text("DATABASE_KEY")
if DATABASE_KEY and not re.fullmatch(r"[0-9a-fA-F]{64}", DATABASE_KEY):
    raise ImproperlyConfigured(
        "ALLAY_DATABASE_KEY must be 64 hexadecimal digits, for example from: openssl rand -hex 32"
    )
DATABASES = {
    "default": {
        "ENGINE": "allay.server.sqlite",
        "NAME": DATA / "allay.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": SQLITE,
            "key": DATABASE_KEY,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "records.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["allay.server.passwords.Argon2id"]
LOGIN_URL = "sign-in"
SESSION_COOKIE_NAME = "__Host-allay" if HTTPS else "allay"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 180  # a participant's phone; staff sessions are short (middleware.idle)
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-allay-csrf" if HTTPS else "allay-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "allay.faces.shared.views.form_too_old"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CSP = {  # the name that Django 6 uses; our own middleware until then
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "media-src": ["'self'", "blob:"],  # a letter that was spoken is played from the phone's own memory
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# e-mail: off until a server is named. Only the notes that people ask for are sent.
EMAIL_HOST = text("EMAIL_HOST")
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = text("EMAIL_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_PASSWORD")
EMAIL_SECURITY = text("EMAIL_SECURITY", "starttls")  # or tls, or none
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
DEFAULT_FROM_EMAIL = text("EMAIL_FROM")
EMAIL_TIMEOUT = 20  # seconds
EMAIL_READY = bool(EMAIL_HOST)
if EMAIL_READY and (not DEFAULT_FROM_EMAIL or EMAIL_SECURITY not in ("starttls", "tls", "none")):
    raise ImproperlyConfigured(
        "ALLAY_EMAIL_HOST needs ALLAY_EMAIL_FROM, and ALLAY_EMAIL_SECURITY is starttls, tls or none"
    )

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "allay.server.staticfiles.HashedModules"},
}
WHITENOISE_MAX_AGE = 31536000
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {  # no addresses, no names, no content: the path is left out on purpose
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"plain": {"()": "allay.server.logs.WithoutContent"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["plain"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
