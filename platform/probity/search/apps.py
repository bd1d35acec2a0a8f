from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "probity.search"
    label = "search"

    def ready(self) -> None:
        from . import events, fields, of_cases  # noqa: F401
