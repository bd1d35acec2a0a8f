"""Pixels, samples and times of one file, for detectors and fingerprints. Child only.

Times are seconds from the start of the file as a whole, so that picture and sound of one file share
their zero. Pictures are height x width x 3, uint8, red-green-blue, turned as the file asks. Every
function raises the refusals of ``foundation.media.errors``.
"""

from __future__ import annotations

from foundation.media.frames import (
    Pace,
    PacketInfo,
    Shown,
    gray_frames,
    video_frames,
    video_packets,
    video_shown,
)
from foundation.media.pictures import JpegTables, Pixels, image_rgb, jpeg_tables
from foundation.media.sound import (
    Samples,
    audio_at_rates,
    audio_channels,
    audio_chunks,
    audio_mono,
)

__all__ = [
    "JpegTables",
    "Pace",
    "PacketInfo",
    "Pixels",
    "Samples",
    "Shown",
    "audio_at_rates",
    "audio_channels",
    "audio_chunks",
    "audio_mono",
    "gray_frames",
    "image_rgb",
    "jpeg_tables",
    "video_frames",
    "video_packets",
    "video_shown",
]
