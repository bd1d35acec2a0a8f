"""Signing works: identities and their keys, what is declared, and the signed file.

``Keystore`` keeps identities; ``signer`` readies one; ``sign`` makes a signed work. The key never
shares a process with the media: the child that parses them asks for one signature.
"""

from __future__ import annotations

from provenance.signing.api import AI, Identity, Kind, SignedWork, State, Work
from provenance.signing.keys import ALGORITHMS, KeyHolder
from provenance.signing.keystore import Keystore, passphrase_from_environment
from provenance.signing.marking import Mark
from provenance.signing.requests import Subject
from provenance.signing.works import Signer, sign, signer

__all__ = [
    "AI",
    "ALGORITHMS",
    "Identity",
    "KeyHolder",
    "Keystore",
    "Kind",
    "Mark",
    "SignedWork",
    "Signer",
    "State",
    "Subject",
    "Work",
    "passphrase_from_environment",
    "sign",
    "signer",
]
