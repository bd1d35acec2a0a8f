"""What a file's metadata say about how it was made; the only owner of metadata.

``read`` is the door; everything that parses runs in foundation's child.
"""

from provenance.metadata.door import read
from provenance.metadata.record import MetadataRecord

__all__ = ["MetadataRecord", "read"]
