"""The participant's pages: Today, Sessions, Practices, Me."""

from django.urls import path

from allay.faces.participant.views import (
    consent,
    flares,
    look,
    me,
    practices,
    questions,
    sessions,
    suits,
    today,
    weekly,
)

urlpatterns = [
    path("today/", today.today, name="today"),
    path("check-in/", today.check_in, name="check-in"),
    path("flare/", flares.flare, name="flare"),
    path("flare/begin/", flares.begin, name="flare-begin"),
    path("flare/eased/", flares.ease, name="flare-ease"),
    path("flare/still/", flares.still_on, name="flare-still"),
    path("weekly/", weekly.weekly, name="weekly-note"),
    path("sync/", today.sync, name="sync"),
    path("consent/", consent.consent, name="consent"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/<int:week>/", sessions.session, name="session"),
    path("practices/", practices.practices, name="practices"),
    path("practices/<slug:practice>/", practices.practice, name="practice"),
    path("practices/<slug:practice>/log/", practices.log, name="practice-log"),
    path("practices/<slug:practice>/<int:minutes>/", practices.play, name="practice-play"),
    path("questions/<slug:timepoint>/<slug:instrument>/", questions.questionnaire, name="questionnaire"),
    path("questions/<slug:timepoint>/<slug:instrument>/answer/", questions.answer, name="answer"),
    path("me/", me.me, name="me"),
    path("me/look/", look.look, name="me-look"),
    path("me/settings/", look.settings, name="me-settings"),
    path("me/suits/", suits.suits, name="suits"),
    path("practices/<slug:practice>/choose/", suits.choose, name="practice-choose"),
    path("me/way-back/", me.way_back, name="me-way-back"),
    path("me/export/", me.export, name="me-export"),
    path("me/withdraw/", me.withdraw, name="me-withdraw"),
]
