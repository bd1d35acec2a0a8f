from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "probity.parties"
    label = "parties"

    def ready(self) -> None:
        from . import events  # noqa: F401
