from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "probity.decisions"
    label = "decisions"

    def ready(self) -> None:
        from . import checks, events  # noqa: F401
