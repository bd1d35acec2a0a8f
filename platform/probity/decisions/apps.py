from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "probity.decisions"
    label = "decisions"

    def ready(self) -> None:
        from . import events  # noqa: F401
