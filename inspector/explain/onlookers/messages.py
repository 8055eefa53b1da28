"""A message as lines that somebody can read: its first line, its fields, the beginning of its body; and which of them are secrets."""

from __future__ import annotations

from urllib.parse import parse_qsl

from inspector.exchange.model import Exchange
from inspector.explain.case import Said, body_of, text_of
from inspector.explain.onlookers.model import Glimpse
from inspector.explain.words import size, visible
from inspector.secrets import is_secret_field, is_secret_name

MOST_FIELDS = 60
LONGEST = 400
_BEGINNING = 300
_MOST_PAIRS = 30


def glimpses(exchange: Exchange, said: Said) -> tuple[Glimpse, ...]:
    """What can be read of a message by whoever has its bytes."""
    if not said.there:
        return ()
    half = said.half
    found = [
        Glimpse(f"{half}-line", "First line", _cut(visible(said.message.start_line)), place=said.place())
    ]
    for number, each in enumerate(said.fields[:MOST_FIELDS]):
        name = visible(each.name)
        secret = is_secret_field(name)
        found.append(Glimpse(f"{half}-field-{number}", name, _cut(text_of(each)), secret, said.place(each)))
    if len(said.fields) > MOST_FIELDS:
        found.append(Glimpse(f"{half}-more", "More fields", f"{len(said.fields) - MOST_FIELDS:,}"))
    return (*found, *_body(exchange, said))


def _body(exchange: Exchange, said: Said) -> tuple[Glimpse, ...]:
    body = body_of(exchange, said.half)
    if not body.size:
        return ()
    media = said.first("content-type").partition(";")[0].strip().lower()
    place = said.whole_body()
    if media == "application/x-www-form-urlencoded" and body.inline and not said.has("content-encoding"):
        pairs = parse_qsl(
            body.inline[:65_536].decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace"
        )
        if pairs:
            return tuple(
                Glimpse(
                    f"{said.half}-form-{at}",
                    f"Form: {_cut(name)}",
                    _cut(value),
                    is_secret_name(name),
                    place,
                )
                for at, (name, value) in enumerate(pairs[:_MOST_PAIRS])
            )
    if said.has("content-encoding") or not _is_text(media):
        text = f"{size(body.size)} of {media or 'unnamed kind'}" + (
            f", packed with {_cut(said.value('content-encoding'))}: anybody can unpack it"
            if said.has("content-encoding")
            else ""
        )
        return (Glimpse(f"{said.half}-body", "Body", text, place=place),)
    beginning = body.inline[:_BEGINNING].decode("utf-8", "replace")
    more = f" … ({size(body.size)} in all)" if body.size > _BEGINNING else ""
    return (
        Glimpse(
            f"{said.half}-body",
            "Body",
            _cut(beginning, _BEGINNING) + more if beginning else size(body.size),
            place=place,
        ),
    )


def _is_text(media: str) -> bool:
    return media.startswith("text/") or media.endswith(("json", "xml", "javascript", "x-www-form-urlencoded"))


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
