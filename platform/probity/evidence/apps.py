from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "probity.evidence"
    label = "evidence"

    def ready(self) -> None:
        from . import events  # noqa: F401
