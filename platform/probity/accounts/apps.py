from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "probity.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import events  # noqa: F401
