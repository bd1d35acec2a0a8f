"""Why provenance refuses something: one class per failure, each with a plain sentence."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal


class ProvenanceRefusal(Refusal):
    """The root of this engine's refusals."""

    code: ClassVar[str] = "provenance-refused"


class FileUnreadable(ProvenanceRefusal):
    """The file (or the sidecar) is not there, is no ordinary file, or may not be read."""

    code: ClassVar[str] = "provenance-file-unreadable"


class SidecarTooLarge(ProvenanceRefusal):
    """A sidecar has more bytes than a manifest store can sensibly have."""

    code: ClassVar[str] = "provenance-sidecar-too-large"


class TrustListUnknown(ProvenanceRefusal):
    """No trust list of that name is known."""

    code: ClassVar[str] = "trust-list-unknown"
    status: ClassVar[int] = 404


class TrustListInvalid(ProvenanceRefusal):
    """A trust list has no certificates, broken ones, or ones made for another purpose."""

    code: ClassVar[str] = "trust-list-invalid"
    status: ClassVar[int] = 500


class SettingsInvalid(ProvenanceRefusal):
    """Reader settings with an unknown key, a wrong type, or a value that weakens a verdict."""

    code: ClassVar[str] = "provenance-settings-invalid"
    status: ClassVar[int] = 500


class DateInvalid(ProvenanceRefusal):
    """A date to judge by that is no date."""

    code: ClassVar[str] = "provenance-date-invalid"


class RemoteHostsInvalid(ProvenanceRefusal):
    """The operator's list of hosts has something that is no host name."""

    code: ClassVar[str] = "provenance-remote-hosts-invalid"
    status: ClassVar[int] = 500


class NotFetched(ProvenanceRefusal):
    """Credentials were not fetched; the sentence says why, and that nothing was checked."""

    code: ClassVar[str] = "provenance-not-fetched"
