from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "probity.outbox"
    label = "outbox"

    def ready(self) -> None:
        from . import events  # noqa: F401
