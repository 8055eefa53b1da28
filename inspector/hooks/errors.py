"""What a hook can do wrong with what it was given: in a sentence that says the cure."""

from __future__ import annotations


class HookError(Exception):
    """A hook asked for something that isn't there, or set what can't be sent."""
