from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "probity.cases"
    label = "cases"

    def ready(self) -> None:
        from . import checks, events  # noqa: F401
