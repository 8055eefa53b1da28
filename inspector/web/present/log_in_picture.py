"""The same log-in, twice: what the network saw of it over http, every word, beside what it saw over https, lengths and times.

Only geometry and words; `templates/pictures/log-in.svg` draws them. Every secret is replaced before it comes here: passwords, cookies, tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.case import Case, Said
from inspector.explain.log_ins import form
from inspector.explain.onlookers import Onlookers
from inspector.explain.words import plural, size, took, visible
from inspector.secrets import Hider, is_secret_name
from inspector.web.present.drawing import HEIGHT, HIDDEN, LAYOUTS, MONO, Layout, bullets, clean, wrap
from inspector.web.words import day

TITLE = "The same log-in, twice"
_LINE = {"wide": 25, "narrow": 23}
_MOST_LINES = 18
_TELLING = ("host", "user-agent", "origin", "referer", "cookie", "authorization", "content-type")
_MOST_ENTRIES = 6
_HEADER = 5  # bytes of a TLS record's head


class Word(NamedTuple):
    """One line of what could be read. `boxed`: a secret stood there. `way`: which way it went."""

    x: int
    y: int
    name: str
    text: str
    boxed: bool
    way: Literal["", "→", "←"]
    name_width: int
    text_width: int


class Bar(NamedTuple):
    """A record of ciphertext: as long as it was, beside the others; `noise` are its first bytes."""

    x: int
    y: int
    width: int
    way: Literal["→", "←"]
    words: str
    noise: str


@dataclass(frozen=True, slots=True)
class LogInPicture:
    """Everything that is drawn, in units of the viewBox; `alternative` is the whole in words."""

    layout: Layout
    height: int
    title: tuple[str, ...]
    subtitle: tuple[str, ...]
    heads: tuple[tuple[int, int, str, str], ...]  # x, y, what it was, what it came to
    words: tuple[Word, ...]
    facts: tuple[Word, ...]
    bars: tuple[Bar, ...]
    more: tuple[tuple[int, int, str], ...]
    mono: int
    foot: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two log-ins: the evidence, and what the onlookers saw of it."""

    case: Case
    seen: Onlookers


def draw(open_: Half, sealed: Half, layout: Layout) -> LogInPicture:
    """The picture of two log-ins, the first over http and the second over https."""
    room = layout.width - 2 * layout.columns[0]
    subtitles = wrap(_subtitle(open_.case, sealed.case), room, layout.text, 2 if not layout.stacked else 4)
    top = 36 + layout.title + len(subtitles) * round(layout.text * 1.4) + 12
    mono, line = layout.small, _LINE[layout.name]
    left, right = layout.columns
    lines = tuple(_lines(open_.case, layout, (left, top + 66), line, mono))
    begin = top if not layout.stacked else lines[-1].y + line + 28
    facts = tuple(_facts(sealed, layout, (right, begin + 66), line, mono))
    under = facts[-1].y + line if facts else begin + 66
    most = (HEIGHT - 60 - under) // (line + 9) if not layout.stacked else 12
    bars = tuple(_bars(sealed.seen, layout, (right, under + 4), line + 9, most))
    more: list[tuple[int, int, str]] = []
    left_out = len(sealed.seen.records) - len(bars)
    end = bars[-1].y + line + 16 if bars else under + 8
    if left_out > 0:
        total = sum(record.size + _HEADER for record in sealed.seen.records[len(bars) :])
        more.append((right, end, f"and {plural(left_out, 'more record')}, {size(total)}, as unreadable"))
    elif not bars:
        more.append((right, end, "The ciphertext of this connection was not kept."))
    heads = (
        (left, top, "Over http", "every word can be read"),
        (right, begin, "Over https", "whom and how much, not what"),
    )
    here = "Nothing left this computer; on a real network these bytes would have crossed it. "
    local = open_.seen.on_this_computer or sealed.seen.on_this_computer
    foot = f"{here if local and not layout.stacked else ''}{_day(open_.case, sealed.case)} Secrets are replaced. Made by Inspector."
    height = HEIGHT if not layout.stacked else end + 56
    return LogInPicture(
        layout, height, wrap(TITLE, room, layout.title, 2), subtitles, heads, lines, facts, bars, tuple(more), mono, foot,
        _alternative(lines, facts, bars, open_.case, sealed.case),
    )  # fmt: skip


def _day(first: Case, second: Case) -> str:
    days = [day(each.exchange.started) for each in (first, second)]
    return f"{days[0]}." if days[0] == days[1] else f"{days[0]} and {days[1]}."


def _subtitle(open_: Case, sealed: Case) -> str:
    if open_.host == sealed.host:
        return f"What someone on the same network saw of a log-in at {open_.host}."
    return f"What someone on the same network saw of a log-in at {open_.host}, and of one at {sealed.host}."


# --- over http: every word --------------------------------------------------------------------------------


def _lines(case: Case, layout: Layout, place: tuple[int, int], line: int, mono: int) -> Iterator[Word]:
    x, y = place
    letters = int((layout.column - 36) / (mono * MONO))
    hider = Hider(b"picture")
    told = [*_message(case.sent if case.sent.there else case.request, "→", hider), *_form(case)]
    told += list(_message(case.response, "←", hider))[:5]
    for way, label, value, boxed in told[:_MOST_LINES]:
        name, text = _fit(label, value, letters)
        yield Word(
            x, y, name, text, boxed, way, round(len(name) * mono * MONO), round(len(text) * mono * MONO)
        )
        y += line


def _message(
    said: Said, way: Literal["→", "←"], hider: Hider
) -> Iterator[tuple[Literal["", "→", "←"], str, str, bool]]:
    """A message's first line and the fields that tell most."""
    if not said.there:
        return
    head = hider.head(said.message.head)
    first = visible(head.partition(b"\n")[0].rstrip(b"\r"))
    yield way, "", bullets(first), HIDDEN in bullets(first)
    wanted = _TELLING if way == "→" else ("location", "set-cookie")
    shown = 0
    for each in said.fields:
        name = visible(each.name)
        if name.lower() in wanted:
            value = visible(hider.head(b"x\n" + each.name + b": " + each.value).partition(b": ")[2])
            shown += 1
            yield "", f"{name}: ", bullets(value), HIDDEN in bullets(value)
    left = len(said.fields) - shown
    if left > 0 and way == "→":
        yield "", "", f"and {plural(left, 'more field')}", False


def _form(case: Case) -> Iterator[tuple[Literal["", "→", "←"], str, str, bool]]:
    media = case.request.first("content-type").partition(";")[0].strip().lower()
    data = case.request_content.data
    if media == "application/x-www-form-urlencoded":
        for name, value in form(data)[:_MOST_ENTRIES]:
            secret = is_secret_name(name)
            yield "", f"{name} = ", HIDDEN if secret else value, secret
        return
    hidden = visible(Hider(b"picture").body(data[:2000], media).replace(b"\r\n", b" ").replace(b"\n", b" "))
    text = bullets(hidden)
    yield "", "", text, HIDDEN in text


def _fit(name: str, text: str, letters: int) -> tuple[str, str]:
    name = clean(name)[: max(letters - 10, 8)]
    text = clean(text)
    room = letters - len(name)
    return name, text if len(text) <= room else text[: max(room - 1, 0)] + "…"


# --- over https: lengths and times ------------------------------------------------------------------------


def _facts(half: Half, layout: Layout, place: tuple[int, int], line: int, mono: int) -> Iterator[Word]:
    x, y = place
    case = half.case
    letters = int((layout.column - 8) / (mono * MONO))
    tls = case.server_tls
    told = []
    peer = case.server.peer if case.server else case.exchange.remote.rpartition(":")[0]
    if peer:
        told.append(("Address: ", peer))
    if tls is not None and tls.sni:
        told.append(("Name (SNI): ", tls.sni))
    if tls is not None and tls.version:
        told.append(("Version: ", tls.version.replace("TLSv", "TLS ")))
    for label, value in told:
        name, text = _fit(label, value, letters)
        yield Word(
            x, y, name, text, False, "", round(len(name) * mono * MONO), round(len(text) * mono * MONO)
        )
        y += line


def _bars(seen: Onlookers, layout: Layout, place: tuple[int, int], step: int, most: int) -> Iterator[Bar]:
    x, y = place
    longest = max((record.size for record in seen.records), default=1) or 1
    room = layout.column - (190 if not layout.stacked else 160)
    for record in seen.records[: max(most - (len(seen.records) > most), 0)]:
        when = seen.opened + record.began
        words = f"{record.size + _HEADER:,} bytes, {'+' if when >= 0 else '-'}{took(abs(when))}"
        width = max(4, round(record.size * room / longest))
        noise = record.data[:80].hex()[: max(int((width - 6) / 7.6), 0)]
        yield Bar(x, y, width, "→" if record.sender == "client" else "←", words, noise)
        y += step


def _alternative(
    lines: tuple[Word, ...], facts: tuple[Word, ...], bars: tuple[Bar, ...], open_: Case, sealed: Case
) -> str:
    read = "; ".join(f"{each.name}{each.text}" for each in lines)
    known = "; ".join(f"{each.name}{each.text}" for each in facts)
    sizes = ", ".join(f"{'to' if bar.way == '→' else 'from'} the site {bar.words}" for bar in bars)
    return (
        f"{TITLE}. Over http, at {open_.host}, every word could be read: {read}. "
        f"Over https, at {sealed.host}, only this: {known}; and encrypted records: {sizes or 'not kept'}."
    )


__all__ = ["HIDDEN", "LAYOUTS", "TITLE", "Half", "LogInPicture", "draw"]
