"""Faces of a video: boxes, tracks, landmarks, blendshapes and crops, computed once per sample.

A detector whose card says ``needs: {landmarks: true}`` (or ``faces: true`` for boxes alone) gets a
:class:`Faces` from ``sample.faces()``. Everything is measured inside the confined child, in windows
spread over the file, so that memory does not grow with its length. There are no embeddings: people
are told apart by place and clothing within one file, never recognised.
"""

from detectors.faces.tracks import Crops, Faces, Track, Window

YUNET = "yunet"
LANDMARKER = "face-landmarker"
"""The ids of the face models in the catalogue."""

__all__ = ["LANDMARKER", "YUNET", "Crops", "Faces", "Track", "Window"]
