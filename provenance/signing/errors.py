"""Why signing refuses something: one class per failure, each with a plain sentence."""

from __future__ import annotations

from typing import ClassVar

from provenance.errors import ProvenanceRefusal


class SigningRefused(ProvenanceRefusal):
    """The root of what signing refuses."""

    code: ClassVar[str] = "signing-refused"


class IdentityUnknown(SigningRefused):
    """No signing identity of that name is kept here."""

    code: ClassVar[str] = "identity-unknown"
    status: ClassVar[int] = 404


class IdentityExists(SigningRefused):
    """A signing identity of that name is here already."""

    code: ClassVar[str] = "identity-exists"
    status: ClassVar[int] = 409


class IdentityNameInvalid(SigningRefused):
    """A name that cannot be a folder's, or a subject that no certificate can carry."""

    code: ClassVar[str] = "identity-name-invalid"


class IdentityNotReady(SigningRefused):
    """The identity has no certificate yet, or one that is not valid today, or was revoked."""

    code: ClassVar[str] = "identity-not-ready"


class IdentityDamaged(SigningRefused):
    """What is kept of an identity cannot be read."""

    code: ClassVar[str] = "identity-damaged"
    status: ClassVar[int] = 500


class CertificateUnfit(SigningRefused):
    """A certificate that readers of Content Credentials would not accept from a signer, or that
    does not belong to the key."""

    code: ClassVar[str] = "certificate-unfit"


class PassphraseWrong(SigningRefused):
    """The passphrase does not open the key, or none was given."""

    code: ClassVar[str] = "passphrase-wrong"


class TokenUnusable(SigningRefused):
    """The PKCS#11 module, its token or the key in it cannot be used."""

    code: ClassVar[str] = "token-unusable"


class FormatNotSigned(SigningRefused):
    """Credentials cannot be put into this kind of file."""

    code: ClassVar[str] = "format-not-signed"


class HistoryBroken(SigningRefused):
    """The file, or its parent, has credentials that do not hold or cannot be seen."""

    code: ClassVar[str] = "history-broken"


class StatementContradicts(SigningRefused):
    """What is to be declared contradicts the file, its metadata or its history."""

    code: ClassVar[str] = "statement-contradicts"


class OutputRefused(SigningRefused):
    """The signed work cannot be written there."""

    code: ClassVar[str] = "output-refused"


class NotValidAfterSigning(SigningRefused):
    """Our own verifier does not find the result valid; nothing was left behind."""

    code: ClassVar[str] = "not-valid-after-signing"


class SettingInvalid(SigningRefused):
    """A choice that signing does not know."""

    code: ClassVar[str] = "signing-setting-invalid"
