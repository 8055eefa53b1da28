"""A body as its page shows it: chosen by media type, and by a look at the bytes where that says nothing.

Each kind has a template of the same name in templates/exchange/body/. What is small is shown whole and pretty;
what is large as plain text or hexadecimal, a window at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from inspector.web.present import events, forms, hexdump, highlight, jsontext, picture
from inspector.web.present.charset import Charset, find_charset, looks_like_text, to_text
from inspector.web.present.content import Content, window
from inspector.web.words import plural, size

WHOLE = 256 * 1024
TEXT_WINDOW = 64 * 1024

_GUESSED = {
    "guessed": "The charset was not declared; {name} is a guess from the bytes.",
    "in the text": "The charset stands in the text itself: {name}.",
}


class Window(NamedTuple):
    """A part of a large body: `data` from `start` on, and where its neighbours begin (None: there is none)."""

    data: bytes
    start: int
    back: int | None
    more: int | None

    @classmethod
    def cut(cls, pieces: Iterable[bytes], start: int, length: int) -> Window:
        data = window(pieces, start, length + 1)
        more = start + length if len(data) > length else None
        return cls(data[:length], start, max(start - length, 0) if start else None, more)

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    @property
    def partial(self) -> bool:
        return self.back is not None or self.more is not None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a template prints: its name, a title for the body, what is to be said beside it, and the thing itself."""

    template: str
    title: str
    thing: Any = None
    notes: tuple[str, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """The first bytes of a body, decoded: enough to choose by, and all of it if it is small."""

    content: Content
    head: bytes
    whole: bool
    problem: str

    @property
    def charset(self) -> Charset:
        return find_charset(self.head, self.content.parameters.get("charset", ""))

    @property
    def text(self) -> str:
        return to_text(self.head, self.charset.name)

    @property
    def notes(self) -> tuple[str, ...]:
        how = _GUESSED.get(self.charset.how, "")
        return (how.replace("{name}", self.charset.name),) if how else ()


def show(content: Content, start: int = 0) -> Shown:
    """The body in its best form; `start` is an offset into it, for the windows of a large one."""
    if content.body.captured == 0:
        return Shown("empty", "No body")
    decoding = content.decoding(WHOLE + 1)
    head = window(decoding, 0, WHOLE + 1)
    look = _Look(content, head[:WHOLE], len(head) <= WHOLE, decoding.problem)
    shown = _empty_after_decoding(look) or _first(look) or _plain(look, start)
    if look.problem and look.whole:
        return replace(shown, notes=(*shown.notes, f"Decoding ended early: {look.problem}"))
    return shown


def show_raw(content: Content, start: int = 0) -> Shown:
    """The captured bytes as text, control characters made visible, a window at a time."""
    part = Window.cut(content.captured(), start, TEXT_WINDOW)
    name = find_charset(part.data).name if looks_like_text(part.data) else "latin-1"
    return Shown("raw", "As captured", to_text(part.data, name), window=part)


def show_hex(content: Content, start: int = 0) -> Shown:
    """The captured bytes in hexadecimal, 4 KiB at a time."""
    part = Window.cut(content.captured(), start, hexdump.WINDOW)
    return Shown("hex", "Bytes as captured", hexdump.dump(part.data, start), window=part)


def _first(look: _Look) -> Shown | None:
    return next((shown for present in _KINDS if (shown := present(look))), None)


def _empty_after_decoding(look: _Look) -> Shown | None:
    if look.head:
        return None
    if look.problem:
        return Shown("undecodable", "Not decoded", look.content.codings)
    return Shown("empty", "An empty body")


def _multipart(look: _Look) -> Shown | None:
    boundary = look.content.parameters.get("boundary", "")
    if look.content.media != "multipart/form-data" or not boundary:
        return None
    form = forms.multipart(look.content.decoded(), boundary, "utf-8")
    notes = (form.problem,) if form.problem else ()
    return Shown("form", f"Form with {plural(len(form.entries), 'part')}", form, notes)


def _urlencoded(look: _Look) -> Shown | None:
    if look.content.media != "application/x-www-form-urlencoded" or not look.whole:
        return None
    form = forms.urlencoded(look.head)
    notes = (form.problem,) if form.problem else ()
    return Shown("form", f"Form with {plural(len(form.entries), 'entry', 'entries')}", form, notes)


def _picture(look: _Look) -> Shown | None:
    found = picture.recognise(look.head)
    if found is None or (looks_like_text(look.head) and not look.content.media.startswith("image/")):
        return None
    claims = look.content.media
    honest = not claims or claims == found.media or claims in ("image/jpg", "image/vnd.microsoft.icon")
    notes = () if honest else (f"It is labelled {claims}, but its bytes are {found.words}.",)
    return Shown("picture", f"{found.words} picture", found, notes)


def _events(look: _Look) -> Shown | None:
    if look.content.media != "text/event-stream":
        return None
    arrivals = look.content.arrivals if not look.content.codings else ()  # they count bytes as they came
    found = events.events(look.head, arrivals)
    if look.whole and len(found) < events.MOST:
        return Shown("events", f"Event stream with {plural(len(found), 'event')}", found)
    return Shown(
        "events", "Event stream", found, (f"Only its first {plural(len(found), 'event')} are shown.",)
    )


def _json(look: _Look) -> Shown | None:
    text = look.text
    language = highlight.language_of(look.content.media)
    unlabelled = look.content.media in ("", "text/plain", "application/octet-stream") and text.lstrip()[
        :1
    ] in ("{", "[")
    if not look.whole or not (language == "json" or unlabelled):
        return None
    broken = jsontext.find_fault(text)
    if broken and unlabelled:
        return None
    if broken:
        note = f"This is not JSON, though it is labelled so: {broken.sentence}"
        return Shown("broken", "Broken JSON", _split(text, broken.at), (note, *look.notes))
    title = f"JSON, {jsontext.summary(text)}"
    return Shown("code", title, highlight.in_colour(jsontext.indent(text), "json"), look.notes)


def _split(text: str, at: int) -> tuple[str, str, str]:
    """The text before the place, the character there, the text behind it."""
    return text[:at], text[at : at + 1], text[at + 1 :]


def _json_lines(look: _Look) -> Shown | None:
    if look.content.media not in _JSON_LINES or not look.whole:
        return None
    lines = [line for line in look.text.splitlines() if line.strip()]
    pretty = "\n".join(line if jsontext.find_fault(line) else jsontext.indent(line) for line in lines[:1000])
    notes = ("Only the first 1,000 lines are shown.",) if len(lines) > 1000 else ()
    title = f"JSON lines, {plural(len(lines), 'value')}"
    return Shown("code", title, highlight.in_colour(pretty, "json"), look.notes + notes)


_JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-seq")


def _code(look: _Look) -> Shown | None:
    language = highlight.language_of(look.content.media)
    if (
        not language
        or not look.whole
        or (b"\0" in look.head[:1024] and not look.charset.name.startswith("utf-16"))
    ):
        return None
    return Shown(
        "code", highlight.LANGUAGES[language][0], highlight.in_colour(look.text, language), look.notes
    )


def _plain(look: _Look, start: int) -> Shown:
    """Text in its charset, or hexadecimal: whole if small, else a window of it."""
    media = look.content.media
    textual = media.startswith(("text/", "multipart/")) or bool(highlight.language_of(media))
    if not looks_like_text(look.head) and not (textual and b"\0" not in look.head[:4096]):
        return _bytes(look, start)
    if look.whole:
        return Shown("text", media or "Text", look.text, look.notes)
    part = Window.cut(look.content.decoding(start + TEXT_WINDOW + 1), start, TEXT_WINDOW)
    notes = (*look.notes, f"Too large to be shown whole: {size(TEXT_WINDOW)} at a time.")
    return Shown("text", media or "Text", to_text(part.data, look.charset.name), notes, part)


def _bytes(look: _Look, start: int) -> Shown:
    part = Window.cut(look.content.decoding(start + hexdump.WINDOW + 1), start, hexdump.WINDOW)
    title = f"{look.content.media or 'Unlabelled bytes'}, in hexadecimal"
    return Shown("hex", title, hexdump.dump(part.data, start), window=part)


_KINDS: tuple[Callable[[_Look], Shown | None], ...] = (
    _multipart, _urlencoded, _picture, _events, _json_lines, _json, _code,
)  # fmt: skip
