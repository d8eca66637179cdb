"""The facilitator's pages, below /groups/."""

from django.urls import path

from allay.faces.facilitator import group_pages, guide_pages, people_pages

urlpatterns = [
    path("", group_pages.groups, name="groups"),
    path("<uuid:group>/", group_pages.group, name="group"),
    path("<uuid:group>/attendance/", group_pages.attendance, name="attendance"),
    path("<uuid:group>/answer-times/", group_pages.answer_times, name="answer-times"),
    path("<uuid:group>/online/", group_pages.online, name="group-online"),
    path("<uuid:group>/contact/", group_pages.contact, name="contact"),
    path("<uuid:group>/meetings/<int:week>/", group_pages.meeting, name="meeting"),
    path("<uuid:group>/guide/<int:week>/", guide_pages.guide, name="guide"),
    path("<uuid:group>/people/", people_pages.add, name="people-add"),
    path("<uuid:group>/people/<uuid:enrolment>/", people_pages.person, name="person"),
    path(
        "<uuid:group>/people/<uuid:enrolment>/understanding/",
        people_pages.understanding,
        name="understanding",
    ),
    path("<uuid:group>/people/<uuid:enrolment>/code/", people_pages.code, name="code"),
]
