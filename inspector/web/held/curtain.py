"""Held messages before an audience: secrets shown as marks, and what comes back from the form with the secrets in their places again."""

from __future__ import annotations

from dataclasses import replace

from inspector.compose.draft import Row as Line
from inspector.secrets import Hider
from inspector.web.held.bodies import lines
from inspector.web.held.editing import Message, Mistake


def drawn(message: Message, hider: Hider | None) -> Message:
    """The message as it may be seen now."""
    if hider is None:
        return message
    return replace(
        message,
        url=address(message.url, hider),
        fields=tuple(_field(line, hider) for line in message.fields),
        text=_text(message, hider),
    )


def address(url: str, hider: Hider | None) -> str:
    """An address as it may be seen now."""
    if hider is None:
        return url
    return hider.address(url.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _field(line: Line, hider: Hider) -> Line:
    head = hider.head(f"X\r\n{line.name}: {line.value}\r\n".encode("latin-1", "replace"))
    return _valued(line, head.partition(b": ")[2].removesuffix(b"\r\n").decode("latin-1"))


def _valued(line: Line, value: str) -> Line:
    return Line(line.name, value, line.on)


def _text(message: Message, hider: Hider) -> str:
    said = hider.body(message.text.encode("utf-8", "surrogatepass"), message.body.media)
    return said.decode("utf-8", "replace")


def lifted(asked: Message, before: Message, hider: Hider | None) -> Message:
    """What was typed, with the secrets of the message before in place of their marks. Raises Mistake where a mark is too short to tell what it stands for."""
    if hider is None:
        return asked
    shown = drawn(before, hider)
    real: dict[tuple[str, str], list[Line]] = {}
    for seen, line in zip(shown.fields, before.fields, strict=True):
        real.setdefault((seen.name, seen.value), []).append(line)

    text = before.text if lines(asked.text) == lines(shown.text) else lift(asked.text, hider)
    if text != before.text and not is_liftable(before.text, shown.text, hider):
        raise Mistake(
            "body",
            "A short secret stands as stars here, and could not be put back.",
            "Leave the presenter's view (P), then change the body.",
        )
    url = before.url if asked.url == shown.url else lift(asked.url, hider)
    fields = tuple(_back(line, real.get((line.name, line.value)), hider) for line in asked.fields)
    return replace(asked, url=url, fields=fields, text=text)


def _back(line: Line, there: list[Line] | None, hider: Hider) -> Line:
    """A row as it was, or with what its marks stand for."""
    return Line(line.name, there.pop(0).value if there else lift(line.value, hider), line.on)


def lift(text: str, hider: Hider | None) -> str:
    """A text with what its marks stand for. Raises nothing: a mark that is not known stays."""
    if hider is None:
        return text
    for mark in sorted(hider.values, key=len, reverse=True):
        text = text.replace(mark, hider.values[mark].decode("utf-8", "replace"))
    return text


def is_liftable(text: str, shown: str, hider: Hider | None) -> bool:
    """Whether every mark in what is shown of a text tells what it stands for."""
    return lift(shown, hider) == text
