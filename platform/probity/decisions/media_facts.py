"""What the case's files say of themselves: what they are, and what marks they carry."""

from __future__ import annotations

from collections.abc import Iterable

from probity.analysis.selectors import credentials_ai_use, credentials_carried
from probity.evidence.models import Asset

VIDEO = "video"
AUDIO = "audio"


def kinds_facts(assets: Iterable[Asset]) -> dict[str, bool]:
    """Whether there is a video, and whether there is nothing but sound; nothing without a file."""
    kinds = {asset.kind for asset in assets if asset.kind}
    if not kinds:
        return {}
    return {"is_video": VIDEO in kinds, "audio_only": kinds == {AUDIO}}


def marks_facts(assets: Iterable[Asset]) -> dict[str, bool]:
    """What trustworthy credentials show; their absence says nothing."""
    facts: dict[str, bool] = {}
    for asset in assets:
        if credentials_carried(asset):
            facts["provenance_data_present"] = True
        if credentials_ai_use(asset) == "generated":
            facts |= {"synthetic": True, "metadata_says_generated": True}
    return facts
