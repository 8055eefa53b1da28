"""Deleting exchanges from the list, with a way back for as long as there is one (see `store.removal`). Pages and API share it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.filter.tree import Node
from inspector.store.captures import Captures
from inspector.web.errors import Refusal
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
    def there() -> Response:
        return jsonify(removals=removals_json(captures))

    @pages.post("/api/v1/removals")
    def remove() -> Response:
        asked = request.get_json()
        if isinstance(asked, dict) and isinstance(asked.get("ids"), list):
            ids = ids_in(asked["ids"])
            if len(ids) > MOST_AT_ONCE:
                raise Refusal(
                    400,
                    "Too many at once",
                    f"At most {MOST_AT_ONCE:,} are deleted by number; a filter takes any number.",
                )
            removed = captures.remove(ids)
            return told(removed=removed, left=len(set(ids)) - removed, complete=True)
        if isinstance(asked, dict) and "q" in asked:
            removed, complete = captures.remove_fitting(_filter(asked["q"]))
            return told(removed=removed, left=0, complete=complete)
        raise Refusal(
            400,
            "Not understood",
            'The body is {"ids": ["…"]} or {"q": "host:shop.test"}; an empty q is everything.',
        )

    @pages.post("/api/v1/removals/undo")
    @pages.post("/api/v1/removals/finish")
    def decide_by_script() -> Response:
        asked = request.get_json()
        decided(asked.get("removal") if isinstance(asked, dict) else None, request.path.rpartition("/")[2])
        return told()

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
