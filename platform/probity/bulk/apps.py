from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "probity.bulk"
    label = "bulk"

    def ready(self) -> None:
        from probity.keeping.mentions import mentions_register

        from . import events  # noqa: F401
        from .forgetting import runs_forget

        mentions_register(runs_forget)
