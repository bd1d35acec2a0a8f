from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "probity.credentials"
    label = "credentials"

    def ready(self) -> None:
        from probity.evidence.shelf import shelf_owned_by

        from . import events  # noqa: F401
        from .models import Check, Work

        shelf_owned_by("checks", lambda pk: Check.objects.filter(pk=pk).exists())
        shelf_owned_by("works", lambda pk: Work.objects.filter(pk=pk).exists())
