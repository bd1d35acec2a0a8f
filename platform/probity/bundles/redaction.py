"""What each profile shows and withholds, with the reason that the bundle gives for it."""

from __future__ import annotations

from dataclasses import dataclass

from probity.cases.models import Case, Category
from probity.evidence.models import Asset

from .models import Profile

PROFILE_WORDS = {
    Profile.COURT: "For a court: who reported is withheld; intimate media as hash and description.",
    Profile.FACELESS: "Without faces: originals are withheld, blurred copies stand for them.",
    Profile.HASHES: "Hashes only: no media at all, and nothing of who reported.",
    Profile.FULL: "Everything, with the media and who reported. Needs a reason.",
}
REPORTER = "Who reported is not disclosed (DSA art. 17(3)(b); the reporter's safety)."
NAMED = "The words of this notice name whoever reported; the log\u2019s commitment to them stays."
INTIMATE = "Intimate media is described by its hash only, out of respect for the person shown."
SEALED = "The file is sealed because it may show a minor; only its hash leaves."
DESTROYED = "The file was destroyed; the log says when and why. Only its hash remains."
FACES = "People can be recognised in the original; a blurred copy stands for it."
NO_MEDIA = "This export was asked for without media."
PICTURE = "The picture shows parts of the media."


@dataclass(frozen=True)
class Redaction:
    """One thing withheld: which, and why."""

    what: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """As the bundle lists it."""
        return {"what": self.what, "why": self.why}


def reporter_withheld(profile: Profile) -> str | None:
    """Why the reporter's contact is withheld; None when it is shown."""
    return None if profile == Profile.FULL else REPORTER


def original_withheld(profile: Profile, *, case: Case, asset: Asset) -> str | None:
    """Why an original file is withheld; None when it is included."""
    if asset.sealed:
        return SEALED
    if asset.destroyed_at:
        return DESTROYED
    if profile == Profile.HASHES:
        return NO_MEDIA
    if profile == Profile.FACELESS:
        return FACES
    if profile == Profile.COURT and case.category == Category.INTIMATE:
        return INTIMATE
    return None


def derivative_withheld(
    profile: Profile, *, case: Case, asset: Asset, concealed: bool
) -> str | None:
    """Why a copy or picture is withheld: those that show the media go as the media goes."""
    if asset.sealed:
        return SEALED
    if concealed:
        return NO_MEDIA if profile == Profile.HASHES else None
    return original_withheld(profile, case=case, asset=asset)
