from django.apps import AppConfig
from django.conf import settings

from allay.content import library


class RecordsConfig(AppConfig):
    name = "allay.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        library.use(settings.CONTENT)  # a service's own content folder counts everywhere
