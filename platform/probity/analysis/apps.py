from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "probity.analysis"
    label = "analysis"

    def ready(self) -> None:
        from . import events  # noqa: F401
