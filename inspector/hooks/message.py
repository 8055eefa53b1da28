"""One message of a WebSocket."""

from __future__ import annotations

import json as jsonlib
from typing import Any

from inspector.exchange.consulting import Draft
from inspector.hooks.errors import HookError


class Message:
    """A whole message. Set `text`, `data` or `json` to send something else, `drop()` to send nothing."""

    def __init__(self, draft: Draft, *, binary: bool, from_browser: bool) -> None:
        self.from_browser = from_browser
        """Whether the browser says it; else the site."""
        self.is_text = not binary
        self.dropped = False
        self._body = draft.body
        self._was = draft.body

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self._body

    @data.setter
    def data(self, data: bytes) -> None:
        if not isinstance(data, bytes | bytearray):
            raise HookError(f"data is bytes, not {type(data).__name__}; for text set .text.")
        if self.is_text:
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                raise HookError(
                    "A text message has to be UTF-8 (RFC 6455 §5.6); these bytes are not."
                ) from None
        self._body = bytes(data)

    @property
    def text(self) -> str:
        """A text message's text."""
        return self._body.decode("utf-8", "replace")

    @text.setter
    def text(self, text: str) -> None:
        self.data = text.encode("utf-8")

    @property
    def json(self) -> Any:
        """A text message read as JSON; None if it is none."""
        try:
            return jsonlib.loads(self._body) if self.is_text else None
        except ValueError:
            return None

    @json.setter
    def json(self, value: Any) -> None:
        self.text = jsonlib.dumps(value, ensure_ascii=False)

    def drop(self) -> None:
        """Don't send it; the connection stays."""
        self.dropped = True

    def finish(self) -> Draft | None:
        """What is sent in its place; None if nothing was changed."""
        return None if self._body == self._was else Draft(b"", self._body)

    def __repr__(self) -> str:
        return f"<Message from the {'browser' if self.from_browser else 'site'}, {len(self._body)} bytes>"
