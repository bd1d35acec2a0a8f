"""What the case's files say of themselves: what they are, and what marks they carry."""

from __future__ import annotations

from probity.analysis.selectors import credentials_ai_use, credentials_carried
from probity.cases.models import Case
from probity.evidence.models import Asset

VIDEO = "video"
AUDIO = "audio"


def kinds_facts(case: Case) -> dict[str, bool]:
    """Whether there is a video, and whether there is nothing but sound; nothing without a file."""
    kinds = {asset.kind for asset in _assets(case) if asset.kind}
    if not kinds:
        return {}
    return {"is_video": VIDEO in kinds, "audio_only": kinds == {AUDIO}}


def marks_facts(case: Case) -> dict[str, bool]:
    """What trustworthy credentials show; their absence says nothing."""
    facts: dict[str, bool] = {}
    for asset in _assets(case):
        if credentials_carried(asset):
            facts["provenance_data_present"] = True
        if credentials_ai_use(asset) == "generated":
            facts |= {"synthetic": True, "metadata_says_generated": True}
    return facts


def _assets(case: Case) -> list[Asset]:
    return [item.asset for item in case.items.select_related("asset")]
