"""What a file is, as the ground found it; the rooms above speak of it through this name."""

from foundation.media import Probe

__all__ = ["Probe"]
