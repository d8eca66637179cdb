from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "allay.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
