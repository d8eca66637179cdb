"""Pages that need no sign-in, and what browsers fetch by themselves."""

from django.conf import settings
from django.urls import path

from allay.faces.shared import entrance, recordings, service, unblinding, views

urlpatterns = [
    path("", entrance.welcome, name="welcome"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("join/", entrance.join, name="join"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("help/", views.help_card, name="help"),
    path("help/signs/", views.signs, name="signs"),
    path("privacy/", views.privacy, name="privacy"),
    path("service/", service.service, name="service"),
    path("service/reviewing/", service.reviewing, name="service-reviewing"),
    path("service/recordings/", recordings.recordings, name="recordings"),
    path("service/recordings/<uuid:recording>/remove/", recordings.remove, name="recording-remove"),
    path("recordings/<uuid:recording>/", recordings.recording, name="recording"),
    path("service/unblinding/<uuid:study>/", unblinding.end, name="unblinding"),
    path("offline/", views.offline, name="offline"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("healthz", views.health, name="health"),
]
if settings.DEMO:
    urlpatterns.append(path("style/", views.style, name="style"))
