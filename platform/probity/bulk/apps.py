from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "probity.bulk"
    label = "bulk"

    def ready(self) -> None:
        from . import events  # noqa: F401
