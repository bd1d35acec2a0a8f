from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "probity.alerts"
    label = "alerts"

    def ready(self) -> None:
        from . import events  # noqa: F401
