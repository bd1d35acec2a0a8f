"""The evidence bundle as a file: its layout, and a verifier that needs nothing but Python.

A bundle is a ZIP with one BagIt folder (RFC 8493). ``index.json`` lists every payload file with
its role; ``index.note`` signs the index with the log's key. `standalone` is copied into each
bundle as ``verify.py``: standard library only, no network, nothing written.
"""
