import psycopg
from django.apps import AppConfig

from messaging import packing


class MessagingConfig(AppConfig):
    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        packing.register(psycopg.adapters)
