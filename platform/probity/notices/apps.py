from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "probity.notices"
    label = "notices"

    def ready(self) -> None:
        from . import events  # noqa: F401
