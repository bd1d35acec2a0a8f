from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "probity.care"
    label = "care"

    def ready(self) -> None:
        from . import events  # noqa: F401
