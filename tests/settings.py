"""Settings of the tests: a data folder of their own, plain static files, a quick password hasher."""

import os
import tempfile

os.environ.setdefault("ALLAY_DATA", tempfile.mkdtemp(prefix="allay-tests-"))
os.environ.setdefault("ALLAY_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ["ALLAY_DEMO"] = "1"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait for each other
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser of the journeys runs a loop in the same thread

from allay.server.settings import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# a file, not memory: threads and a live server share it as they do in a service
DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
