"""Compare: two exchanges, the two sides of one, or up to five answers in a table. The address holds all that was asked for.

`/compare?a=ID&b=ID`, `/compare?a=ID&legs=1`, `/compare?ids=ID,ID,ID`; `a` may be `previous` (the exchange before `b` with the same address) or `marked`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.store.captures import Captures
from inspector.web.api.describing import says
from inspector.web.comparing.bodies import WAYS
from inspector.web.comparing.comparison import Comparison, compare, one_leg, whole
from inspector.web.comparing.several import LETTERS, MOST, Several, compare_several
from inspector.web.errors import Refusal, not_found
from inspector.web.finding import find_exchange
from inspector.web.navigation import back_to

_MARKED = "marked"


class Asked(NamedTuple):
    """What the address asks for; ids as they stand there."""

    a: str
    b: str
    ids: str
    legs: bool
    exact: bool
    way: str

    @classmethod
    def read(cls) -> Asked:
        args = request.args
        way = args.get("body", "")
        return cls(
            args.get("a", ""),
            args.get("b", ""),
            args.get("ids", ""),
            args.get("legs") == "1",
            args.get("exact") == "1",
            way if way in WAYS else "",
        )

    def url(self, **other: Any) -> str:
        """The address of the same, with something else asked for."""
        asked = self._replace(**other)
        return url_for(
            "compare.show",
            a=asked.a or None,
            b=asked.b or None,
            ids=asked.ids or None,
            legs="1" if asked.legs else None,
            exact="1" if asked.exact else None,
            body=asked.way or None,
        )


class Pair(msgspec.Struct):
    """What is to be compared; read by `Asked`, as on the page."""

    a: Annotated[
        str, Meta(description="The number of an exchange, or `previous`: the one before `b` at its address.")
    ] = ""
    b: str = ""
    ids: str = ""
    legs: str = ""
    exact: Annotated[str, Meta(description="1: the order and capitals of fields count.")] = ""
    body: Annotated[str, Meta(description="How bodies are compared: `structure`, `text` or `bytes`.")] = ""


class Compared(TypedDict):
    """Of two: `a`, `b`, `sentence`, `request`, `response`, `timing`, `connection`. Of several: `exchanges` and `lines`."""

    a: NotRequired[str]
    b: NotRequired[str]
    legs: NotRequired[bool]
    sentence: NotRequired[str]
    request: NotRequired[dict[str, Any]]
    response: NotRequired[dict[str, Any]]
    timing: NotRequired[list[dict[str, Any]]]
    connection: NotRequired[list[dict[str, Any]]]
    exchanges: NotRequired[list[dict[str, Any]]]
    lines: NotRequired[list[dict[str, Any]]]


def blueprint(captures: Captures) -> Blueprint:
    pages = Blueprint("compare", __name__)

    @pages.get("/compare")
    def show() -> AnyResponse | str:
        asked = _resolved(captures, Asked.read())
        several = _several(captures, asked)
        if several is not None:
            return render_template("compare/several.html", asked=asked, several=several)
        found = _found(captures, asked)
        if found is None:
            return render_template("compare/none.html", asked=asked, marked=_marked(captures))
        return render_template("compare/compare.html", asked=asked, found=found, ways=WAYS)

    @pages.post("/compare/mark")
    def mark() -> AnyResponse:
        exchange = find_exchange(captures, request.form.get("id", ""))
        session[_MARKED] = exchange.id.hex()
        return redirect(back_to(request.form.get("next")), 303)

    @pages.get("/api/v1/compare")
    @says("What differs between two exchanges, or among several", tag="Exchanges", scope="read", query=Pair, gives=Compared, fails=(404, 410),
          detail="`a` and `b`; or `a` with `legs=1`, its two sides; or `ids`, up to five answers in a table.", example="a=ID&b=ID")  # fmt: skip
    def told(query: Pair) -> Response:
        asked = _resolved(captures, Asked.read())
        several = _several(captures, asked)
        if several is not None:
            return jsonify(_several_json(several))
        found = _found(captures, asked)
        if found is None:
            raise Refusal(400, "Not understood", "a and b are the ids of two exchanges; or a with legs=1; or ids, with commas between.")  # fmt: skip
        return jsonify(_comparison_json(found))

    @pages.app_context_processor
    def around() -> dict[str, Any]:
        return {"marked_exchange": session.get(_MARKED, "")}

    return pages


def _resolved(captures: Captures, asked: Asked) -> Asked:
    """The same with ids for `previous` and `marked`. Raises what becomes a page if there is none."""
    if asked.a == _MARKED:
        marked = _marked(captures)
        if marked is None:
            raise not_found("No exchange is marked any more.")
        asked = asked._replace(a=marked.id.hex())
    if asked.a == "previous":
        other = find_exchange(captures, asked.b)
        earlier = captures.earlier_like(other.id)
        if earlier is None:
            raise not_found("No earlier request to the same address is among the captures.")
        asked = asked._replace(a=earlier.hex())
    return asked


def _marked(captures: Captures) -> Exchange | None:
    """The exchange that was marked to compare others with; None if there is none, or it was forgotten."""
    id = ids.parse(session.get(_MARKED, ""))
    return captures.exchange(id) if id and captures.row(id) is not None else None


def _several(captures: Captures, asked: Asked) -> Several | None:
    named = [each.strip() for each in asked.ids.split(",") if each.strip()]
    if not named:
        return None
    if len(named) > MOST:
        raise Refusal(400, "Too many", f"Up to {MOST} exchanges are compared at once.")
    return compare_several(captures, [find_exchange(captures, each) for each in named])


def _found(captures: Captures, asked: Asked) -> Comparison | None:
    if not asked.a or not (asked.b or asked.legs):
        return None
    first = find_exchange(captures, asked.a)
    if asked.legs:
        if first.client_leg is None or first.server_leg is None:
            raise not_found("This exchange has only one side: nothing of it was sent to a site.")
        sides = one_leg(captures, first, "browser", "Browser ↔ Inspector"), one_leg(captures, first, "site", "Inspector ↔ site")  # fmt: skip
        return compare(captures, *sides, exact=asked.exact, way=asked.way, legs=True)
    pair: Sequence[Exchange] = (first, find_exchange(captures, asked.b))
    both = [whole(captures, each, letter) for each, letter in zip(pair, LETTERS, strict=False)]
    return compare(captures, *both, exact=asked.exact, way=asked.way)


# -- as JSON


def _comparison_json(found: Comparison) -> dict[str, Any]:
    return {
        "a": found.a.exchange.id.hex(),
        "b": found.b.exchange.id.hex(),
        "legs": found.legs,
        "sentence": " ".join(found.sentences),
        **{
            half.half: {
                "same": half.same,
                **{section.code: _rows(section.rows) for section in half.sections},
                "body": msgspec.to_builtins(half.body),
            }
            for half in found.halves
        },
        "timing": [
            {"phase": each.words, "a": each.a, "b": each.b, "more": each.more} for each in found.times
        ],
        "connection": _rows(found.tls.rows),
    }


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [{"name": row.name, "mark": row.mark, "a": _joined(row.a), "b": _joined(row.b)} for row in rows]


def _joined(pieces: Any) -> str | None:
    return None if pieces is None else "".join(piece.text for piece in pieces)


def _several_json(several: Several) -> dict[str, Any]:
    return {
        "exchanges": [{"letter": letter, "id": each.id.hex()} for letter, each in several.exchanges],
        "lines": [
            {"name": line.words, "cells": [cell._asdict() for cell in line.cells]} for line in several.lines
        ],
    }
