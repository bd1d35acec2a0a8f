"""Networks ready to run: published weights, turned into ONNX once and kept.

A card that names a model under ``needs: models`` gets it as an ONNX file with a free batch axis.
Turning weights into ONNX needs torch and happens once a machine, in a confined child of its own,
never in one that decodes media. The result lies in ``PROBITY_HOME/models`` under the digest of the
weights, beside a note with its own digest, which is compared before every use.
"""
