"""What only a browser on this computer may do."""

from __future__ import annotations

from flask import request

from inspector.engine.guard import is_this_computer
from inspector.web.errors import Refusal


def is_near() -> bool:
    """Whether whoever asks sits at this computer."""
    return is_this_computer(request.remote_addr or "")


def only_near(sentence: str, cure: str) -> None:
    """Raise the Refusal that says so, unless whoever asks sits at this computer."""
    if not is_near():
        raise Refusal(403, "Not from here", sentence, cure)
