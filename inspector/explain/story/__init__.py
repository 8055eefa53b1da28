"""One exchange as a story, top to bottom: `tell(case)` gives its steps, in the order in which they really happened.

One file for each step or pair of steps. With a proxy in between the order is not the one of textbooks: the browser's connection and
its TLS handshake end at Inspector, and only when the request is there does Inspector look up the site's name and go there.
"""

from __future__ import annotations

from inspector.explain.story.model import Actor, Number, Rung, State, Step, Story
from inspector.explain.story.tell import tell

__all__ = ["Actor", "Number", "Rung", "State", "Step", "Story", "tell"]
