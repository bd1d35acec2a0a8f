from django.apps import AppConfig


class BundlesConfig(AppConfig):
    name = "probity.bundles"
    label = "bundles"

    def ready(self) -> None:
        from . import events  # noqa: F401
