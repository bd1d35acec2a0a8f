"""The only modules that import libraries for running networks."""

import os

# onnxruntime otherwise keeps a number for this device and sends usage to its maker's server
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
