"""Named, dated trust lists: who may be believed, according to whom, since when.

The public lists are resources (``provenance/lists.yaml`` names them, ``resources.yaml`` pins them).
An institution's own lists lie in the folder that ``PROBITY_TRUST_DIR`` names, else in
``PROBITY_HOME/trust/own``: ``NAME.pem`` holds the signer anchors, ``NAME.tsa.pem`` time-stamp
anchors, ``NAME.allowed.pem`` single trusted leaves and ``NAME.yaml`` any of ``title``, ``date``,
``next_update`` and ``note``. A list with anything but certificates made for its purpose is an
error, never a silent gap. Every version of a list that was ever used is kept with its date, so that
a question about another day is answered with the lists of that day.
"""

from provenance.trust.adding import add
from provenance.trust.lists import MissingList, TrustList, TrustStore
from provenance.trust.loading import load, names, update
from provenance.trust.sources import VARIABLE

__all__ = [
    "VARIABLE",
    "MissingList",
    "TrustList",
    "TrustStore",
    "add",
    "load",
    "names",
    "update",
]
