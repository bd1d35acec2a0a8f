"""Content Credentials and metadata: who says they made a file, how, and whether it still holds.

``provenance.verify.read`` gives the credential record of a file, ``provenance.metadata.read`` what
its metadata say. Both parse the file in foundation's child, never in the calling process.
"""
