from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "probity.decisions"
    label = "decisions"

    def ready(self) -> None:
        from . import checks, events, found  # noqa: F401
