from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "probity.workflow"
    label = "workflow"
