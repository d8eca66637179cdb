"""Doors that exist in a demo only."""

from django.urls import path

from allay.server.demo import views

urlpatterns = [
    path("", views.demo, name="demo"),
    path("as/<str:role>/", views.enter, name="demo-as"),
    path("date/", views.look_at, name="demo-date"),
]
