from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "probity.contests"
    label = "contests"

    def ready(self) -> None:
        from probity.core.vetoes import veto_register

        from . import checks, events, vetoes  # noqa: F401

        veto_register("approval", vetoes.approval_veto)
        veto_register("asset", vetoes.asset_veto)
        veto_register("report", vetoes.report_veto)
