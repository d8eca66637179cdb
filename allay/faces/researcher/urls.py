"""The researcher's pages, below /studies/."""

from django.urls import path

from allay.faces.researcher import report_pages, study_pages

urlpatterns = [
    path("", study_pages.studies, name="studies"),
    path("<uuid:study>/", study_pages.study, name="study"),
    path("<uuid:study>/table.csv", study_pages.table, name="study-table"),
    path("<uuid:study>/reports/", report_pages.make, name="study-report-make"),
    path("<uuid:study>/reports/<slug:made>/", report_pages.report, name="study-report"),
    path("<uuid:study>/reports/<slug:made>/<path:name>", report_pages.file, name="study-report-file"),
]
