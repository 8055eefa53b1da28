"""One click, from the browser to the database and back: who had the work in hand when, on one time scale.

Made from one exchange's own moments (`outside`) and, where the app told its half, from its report (`inside`). What nobody told is not drawn, and said.
Every secret is replaced here: in addresses, and in what a database was asked.
"""

from __future__ import annotations

from inspector.web.present.journey.model import Asked, Hop, Journey, Lane, LaneName, Stretch
from inspector.web.present.journey.tell import journey

__all__ = ["Asked", "Hop", "Journey", "Lane", "LaneName", "Stretch", "journey"]
