"""Why the policy engine refused something: one class per failure, one root."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal


class PolicyRefusal(Refusal):
    """Root of everything this engine refuses."""

    code: ClassVar[str] = "policy-refused"


class PackInvalid(PolicyRefusal):
    """A pack or the vocabulary does not follow its grammar; the sentence names file and line."""

    code: ClassVar[str] = "policy-pack-invalid"
    status: ClassVar[int] = 500


class FactRefused(PolicyRefusal):
    """A fact has a name outside the vocabulary, a value of the wrong type or an unknown source."""

    code: ClassVar[str] = "policy-fact-refused"


class PlaceRefused(PolicyRefusal):
    """A place is not an ISO 3166 code, EU or ``*``."""

    code: ClassVar[str] = "policy-place-refused"


class MomentRefused(PolicyRefusal):
    """A moment carries no time zone, or a duration is not ISO 8601."""

    code: ClassVar[str] = "policy-moment-refused"
