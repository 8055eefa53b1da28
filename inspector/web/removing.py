"""Deleting exchanges from the list, with a way back for as long as there is one (see `store.removal`). Pages and API share it."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from inspector.exchange import ids as ids_of
from inspector.filter.tree import Node
from inspector.store.captures import Captures
from inspector.web.api.asking import Filter, Id
from inspector.web.api.describing import says
from inspector.web.errors import Refusal, not_found
from inspector.web.feed import Feeder
from inspector.web.filtering import asked_for
from inspector.web.marking import MOST_AT_ONCE, ids_in
from inspector.web.words import clock

_WAYS = ("undo", "finish")


def removals_json(captures: Captures) -> list[dict[str, Any]]:
    """What can be brought back, in the order in which it was deleted."""
    return [each._asdict() | {"until_words": clock(each.until)[:5]} for each in captures.removals()]


def _filter(text: Any) -> Node:
    """The filter whose exchanges shall go; a mistake in it deletes nothing."""
    found = asked_for(text.strip()) if isinstance(text, str) else None
    if found is None or found.mistake is not None:
        raise Refusal(400, "Not understood", "The filter cannot be understood, so nothing was deleted.")
    return found.wanted


class Wish(msgspec.Struct):
    """What shall go: `ids` or `q`."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    q: Filter | None = None


class Which(msgspec.Struct):
    removal: Annotated[int, Meta(ge=0, le=2**53)]


class Removal(TypedDict):
    number: int
    exchanges: int
    until: float
    until_words: str


class Removals(TypedDict):
    """In the order in which it was deleted; `until` it can be brought back."""

    removals: list[Removal]


class Removed(Removals):
    """`left`: still on their way, or not there. `complete`: false where there was no time for all; ask again."""

    removed: int
    left: int
    complete: bool


def blueprint(captures: Captures, feeder: Feeder) -> Blueprint:
    pages = Blueprint("removing", __name__)

    def told(**more: Any) -> Response:
        feeder.nudge()
        return jsonify(removals=removals_json(captures), **more)

    def decided(number: Any, way: str) -> None:
        if not isinstance(number, int) or way not in _WAYS:
            raise Refusal(400, "Not understood", 'The body is {"removal": 3}.')
        if way == "undo":
            captures.undo_removal(number)
        else:
            captures.finish_removal(number)

    @pages.get("/api/v1/removals")
    @says("What was deleted and can be brought back", tag="Deleting", scope="read", gives=Removals)
    def there() -> Response:
        return jsonify(removals=removals_json(captures))

    @pages.post("/api/v1/removals")
    @says("Delete exchanges", tag="Deleting", scope="captures", takes=Wish, gives=Removed,
          detail="By number, or all that fit a filter; an empty one is everything. What is still on its way stays. For ten minutes it can be undone.",
          example={"q": "host:shop.inspector.test"})  # fmt: skip
    def remove(body: Wish) -> Response:
        if body.ids is not None:
            ids = ids_in(body.ids)
            removed = captures.remove(ids)
            return told(removed=removed, left=len(set(ids)) - removed, complete=True)
        if body.q is not None:
            removed, complete = captures.remove_fitting(_filter(body.q))
            return told(removed=removed, left=0, complete=complete)
        raise Refusal(
            400,
            "Not understood",
            'The body is {"ids": ["…"]} or {"q": "host:shop.test"}; an empty q is everything.',
        )

    @pages.post("/api/v1/removals/undo")
    @says("Bring back what was deleted", tag="Deleting", scope="captures", takes=Which, gives=Removals, example={"removal": 3})  # fmt: skip
    def undo(body: Which) -> Response:
        decided(body.removal, "undo")
        return told()

    @pages.post("/api/v1/removals/finish")
    @says("Delete for good now", tag="Deleting", scope="captures", takes=Which, gives=Removals, example={"removal": 3})  # fmt: skip
    def finish(body: Which) -> Response:
        decided(body.removal, "finish")
        return told()

    @pages.delete("/api/v1/exchanges/<id>")
    @says("Delete one exchange", tag="Deleting", scope="captures", gives=Removed, fails=(404,))
    def remove_one(id: str) -> Response:
        found = ids_of.parse(id)
        if found is None or captures.row(found) is None:
            raise not_found("There is no exchange with this number.")
        removed = captures.remove([found])
        return told(removed=removed, left=1 - removed, complete=True)

    @pages.post("/traffic/removals")
    def decide() -> AnyResponse:
        """The banner, and the button of one exchange, without script."""
        form = request.form
        if form.get("what") == "remove":
            captures.remove(ids_in(form.getlist("id")))
        else:
            decided(form.get("removal", type=int), form.get("what", ""))
        feeder.nudge()
        return redirect(url_for("traffic.list"), 303)

    return pages
