from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "probity.keeping"
    label = "keeping"

    def ready(self) -> None:
        from probity.bundles.gather import extra_register
        from probity.core.vetoes import veto_register

        from . import events, holds, record  # noqa: F401

        veto_register("asset", holds.asset_veto)
        veto_register("case", holds.case_veto)
        veto_register("report", holds.report_veto)
        veto_register("export", holds.export_veto)
        veto_register("uploader", holds.uploader_veto)
        extra_register(record.hold_entries)
