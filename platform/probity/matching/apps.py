from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "probity.matching"
    label = "matching"

    def ready(self) -> None:
        from . import events  # noqa: F401
