from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "probity.quality"
    label = "quality"

    def ready(self) -> None:
        from probity.core.vetoes import veto_register

        from . import events, vetoes  # noqa: F401

        veto_register("claim", vetoes.claim_veto)
        veto_register("decision", vetoes.claim_veto)
        veto_register("approval", vetoes.approval_veto)
