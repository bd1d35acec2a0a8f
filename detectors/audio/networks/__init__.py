"""Architectures of the public anti-spoofing networks, written from their papers.

The only modules of the audio detectors that import torch. They are needed once, to turn published
weights into ONNX (see :mod:`detectors.models`); analysis never imports them.
"""
