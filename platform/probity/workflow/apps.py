from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "probity.workflow"
    label = "workflow"

    def ready(self) -> None:
        from . import events  # noqa: F401
