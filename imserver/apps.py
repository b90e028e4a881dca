from django.apps import AppConfig
from django.utils.module_loading import import_string


class ImserverConfig(AppConfig):
    name = "imserver"

    def ready(self) -> None:
        import_string("imserver.checks.tables")
