"""The filter over the list: what was asked for, said back; a mistake at its place; chips, completions, and filters that were saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.filter.completion import complete
from inspector.filter.conditions import Below
from inspector.filter.editing import chosen, exchanged, top_terms
from inspector.filter.errors import FilterMistake
from inspector.filter.fields import FIELDS, FLAGS, Field
from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING, Node, is_everything, terms
from inspector.filter.words import say
from inspector.store.captures import Captures
from inspector.store.settings import Settings
from inspector.web.api.describing import says
from inspector.web.navigation import back_to

CHIPS = (
    ("All", ""), ("Page", "kind:page"), ("Data", "kind:data"), ("Style", "kind:style"), ("Script", "kind:script"),
    ("Image", "kind:image"), ("Socket", "kind:socket"), ("Failed", "is:failed"),
)  # fmt: skip
_TERMS = tuple(term for _, term in CHIPS if term)
_SAVED = "saved_filters"
MOST_SAVED = 50
LONGEST_NAME = 60
_HOSTS = 200


class Shown(NamedTuple):
    """A mistake for the page: the filter in three parts, the middle one wrong; and the whole filters that may have been meant."""

    sentence: str
    before: str
    marked: str
    after: str
    mended: tuple[str, ...]


class Link(NamedTuple):
    """A filter that can be gone to. `current`: it is the one that is shown."""

    words: str
    filter: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as the address has it. With a mistake in it, `wanted` is everything."""

    text: str
    wanted: Node = EVERYTHING
    mistake: FilterMistake | None = None

    @property
    def filters(self) -> bool:
        """Whether it leaves anything out."""
        return not is_everything(self.wanted)

    @property
    def meaning(self) -> str:
        """In plain words; '' for everything."""
        return f"{say(self.wanted)}." if self.filters else ""

    @property
    def shown_mistake(self) -> Shown | None:
        """The mistake at its place."""
        if self.mistake is None:
            return None
        text, start, end = self.text, self.mistake.start, self.mistake.end
        mended = tuple(each.strip() for each in self.mistake.mended(text))
        return Shown(self.mistake.sentence, text[:start], text[start:end], text[end:], mended)

    @property
    def chips(self) -> tuple[Link, ...]:
        """The kinds of things, each as this filter with that kind instead."""
        now = chosen(self.text, _TERMS)
        return tuple(Link(words, exchanged(self.text, _TERMS, term), term == now) for words, term in CHIPS)

    @property
    def hints(self) -> tuple[Link, ...]:
        """Where nothing fits: what may have been meant. A host is a whole name; whoever wrote a part of one gets it as a pattern."""
        parts = [
            term
            for term in terms(self.wanted)
            if isinstance(term.condition, Below) and "." not in term.condition.host
        ]
        return tuple(
            Link(wanted, self.text[: term.start] + wanted + self.text[term.end :])
            for term in parts
            if (wanted := f"host:*{term.condition.host}*")  # type: ignore[union-attr]  # it is Below
        )

    @property
    def without(self) -> tuple[Link, ...]:
        """The same filter with one condition less, for each that stands alone."""
        text = self.text
        alone = [text[term.start : term.end] for term in top_terms(self.wanted)] if self.filters else []
        return (
            tuple(Link(term, exchanged(text, (term.lower(),), "")) for term in alone)
            if len(alone) > 1
            else ()
        )


def asked_for(text: str) -> Asked:
    """A filter's text, understood as far as it can be."""
    try:
        return Asked(text, parse(text))
    except FilterMistake as mistake:
        return Asked(text, mistake=mistake)


def asked() -> Asked:
    """What the address asks for."""
    return asked_for(request.args.get("q", "").strip())


class SavedFilter(msgspec.Struct, frozen=True):
    """A filter with the name that somebody gave it."""

    name: str
    filter: str


class SavedFilters:
    """The filters that were saved in this home."""

    def __init__(self, control: Settings) -> None:
        self._control = control

    def all(self) -> list[SavedFilter]:
        """By name."""
        try:
            found = msgspec.convert(self._control.read().get(_SAVED, []), list[SavedFilter])
        except msgspec.ValidationError:
            return []
        return sorted(found, key=lambda each: each.name.casefold())

    def save(self, name: str, text: str) -> None:
        """Keep a filter under a name; one of that name gives way."""
        kept = [each for each in self.all() if each.name != name][: MOST_SAVED - 1]
        self._set([*kept, SavedFilter(name, text)])

    def remove(self, name: str) -> None:
        """Forget one."""
        self._set([each for each in self.all() if each.name != name])

    def _set(self, filters: Iterable[SavedFilter]) -> None:
        self._control.set(_SAVED, msgspec.to_builtins(list(filters)))


class Text(msgspec.Struct):
    q: str = ""


class Typing(msgspec.Struct):
    """A filter while it is typed, and how many characters stand before the caret."""

    q: str = ""
    caret: int | None = None


class Understood(TypedDict):
    """The filter said in words; `mistake` with the text before and after it; filters that may be gone on to."""

    filter: str
    meaning: str
    mistake: dict[str, Any] | None
    chips: list[dict[str, Any]]
    without: list[dict[str, Any]]
    hints: list[dict[str, Any]]


class Offers(TypedDict):
    """What may stand from `start` to `end`."""

    start: int
    end: int
    offers: list[dict[str, Any]]


def reference() -> dict[str, Any]:
    """The language in two tables, for the help beside the box."""
    return {"fields": FIELDS, "marks": FLAGS}


def blueprint(captures: Captures, saved: SavedFilters) -> Blueprint:
    filtering = Blueprint("filtering", __name__)

    @filtering.get("/api/v1/filter")
    @says("What a filter means, or what is wrong with it and where", tag="Exchanges", scope="read", query=Text, gives=Understood,
          example="q=status%3A%3E%3D400")  # fmt: skip
    def understood(query: Text) -> Response:
        now = asked_for(query.q.strip())
        shown = now.shown_mistake
        return jsonify(
            filter=now.text,
            meaning=now.meaning,
            mistake=shown._asdict() if shown else None,
            chips=[chip._asdict() for chip in now.chips],
            without=[link._asdict() for link in now.without],
            hints=[link._asdict() for link in now.hints],
        )

    @filtering.get("/api/v1/filter/completions")
    @says(
        "What could be typed at a place of a filter",
        tag="Exchanges",
        scope="read",
        query=Typing,
        gives=Offers,
    )
    def completions(query: Typing) -> Response:
        text = query.q[:4000]
        caret = len(text) if query.caret is None else query.caret
        found = complete(text, min(max(caret, 0), len(text)), seen)
        return jsonify(start=found.start, end=found.end, offers=[offer._asdict() for offer in found.offers])

    def seen(field: Field) -> Iterable[str]:
        return [site.host for site in captures.sites(_HOSTS)] if field.name == "host" else ()

    @filtering.post("/traffic/filters")
    def save() -> AnyResponse:
        text = request.form.get("q", "").strip()
        name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME] or text[:LONGEST_NAME]
        if text and asked_for(text).mistake is None:
            saved.save(name, text)
        return redirect(url_for("traffic.list", q=text or None), 303)

    @filtering.post("/traffic/filters/remove")
    def remove() -> AnyResponse:
        saved.remove(request.form.get("name", ""))
        return redirect(back_to(request.form.get("next")), 303)

    return filtering
