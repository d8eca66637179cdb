"""The researcher's pages, below /studies/."""

from django.urls import path

from allay.faces.researcher import plan_pages, report_pages, run_pages, study_pages

urlpatterns = [
    path("", study_pages.studies, name="studies"),
    path("<uuid:study>/", study_pages.study, name="study"),
    path("<uuid:study>/table.csv", study_pages.table, name="study-table"),
    path("<uuid:study>/plan/", plan_pages.plan, name="study-plan"),
    path("<uuid:study>/plan/new/", plan_pages.new, name="study-plan-new"),
    path("<uuid:study>/plan/<int:version>/", plan_pages.plan, name="study-plan-version"),
    path("<uuid:study>/plan/<int:version>/lock/", plan_pages.lock, name="study-plan-lock"),
    path("<uuid:study>/plan/<int:version>/plan.toml", plan_pages.text, name="study-plan-text"),
    path("<uuid:study>/plan/<int:version>/plan.lock.json", plan_pages.lock_file, name="study-plan-lock-file"),
    path("<uuid:study>/runs/", run_pages.ask, name="study-run-ask"),
    path("<uuid:study>/runs/<uuid:run>/", run_pages.run, name="study-run"),
    path("<uuid:study>/runs/<uuid:run>/stop/", run_pages.stop, name="study-run-stop"),
    path("<uuid:study>/reports/", report_pages.reports, name="study-reports"),
    path("<uuid:study>/reports/<uuid:report>/", report_pages.report, name="study-report"),
    path("<uuid:study>/reports/<uuid:report>/<path:name>", report_pages.file, name="study-report-file"),
]
