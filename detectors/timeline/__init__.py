"""What was found, over time: one plain description for players, pages and contact sheets.

``describe`` turns findings into a timeline (JSON-able, versioned, bounded), ``events`` into a list
of moments, ``lanes_html`` into lanes to look at. All three are pure. Pictures with frames of the
media in them are made in the child (``sheets``).
"""

from detectors.timeline.describe import VERSION, describe, events
from detectors.timeline.lanes import lanes_html

__all__ = ["VERSION", "describe", "events", "lanes_html"]
