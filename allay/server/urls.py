"""All addresses: public pages first, then one list for each face, then the demo's own where it is one."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("allay.faces.shared.urls")),
    path("", include("allay.faces.participant.urls")),
    path("groups/", include("allay.faces.facilitator.urls")),
    path("studies/", include("allay.faces.researcher.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("allay.server.demo.urls")))

handler404 = "allay.faces.shared.views.not_found"
handler500 = "allay.faces.shared.views.broken"
handler400 = "allay.faces.shared.views.bad_request"
handler403 = "allay.faces.shared.views.not_found"
