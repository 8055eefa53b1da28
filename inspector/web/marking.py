"""What a person adds to exchanges: a pin, a colour, a comment, tags; to one or to many at once. Pages and API share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from inspector.exchange import ids
from inspector.exchange.mark import COLOURS, LONGEST_COMMENT, NO_MARK, Mark, tags_in
from inspector.store.marks import MOST, Marks, TooManyMarks
from inspector.web.errors import Refusal
from inspector.web.navigation import back_to
from inspector.web.veil import Veil

MOST_AT_ONCE = 2_000


class Marking:
    """The marks as pages show them, and the ways in which they are changed."""

    def __init__(self, marks: Marks, veil: Veil) -> None:
        self._marks = marks
        self._veil = veil

    def shown(self, mark: Mark) -> dict[str, Any] | None:
        """A mark for JSON and templates; None for a blank one. What somebody wrote may hold a secret, so it is veiled as captures are."""
        if mark.blank:
            return None
        return msgspec.structs.asdict(mark) | {"comment": self._veil.text(mark.comment)}

    def of(self, found: Iterable[bytes]) -> dict[bytes, dict[str, Any] | None]:
        """Those of some exchanges that have one."""
        return {id: self.shown(mark) for id, mark in self._marks.of(found).items()}

    def one(self, id: bytes) -> dict[str, Any]:
        """That of one exchange, blank or not."""
        return self.shown(self._marks.one(id)) or msgspec.structs.asdict(NO_MARK)

    def everything(self) -> dict[str, Any]:
        """All that is marked, and the tags in use."""
        marks = {id.hex(): self.shown(mark) for id, mark in self._marks.all().items()}
        return {"marks": marks, "tags": self._marks.tags()}

    def change(self, wanted: Iterable[bytes], parts: Mapping[str, Any]) -> dict[str, Any]:
        """Set the named parts of some exchanges' marks and leave the rest; what they are then, by id."""
        chosen = list(dict.fromkeys(wanted))
        if len(chosen) > MOST_AT_ONCE:
            raise Refusal(400, "Too many at once", f"At most {MOST_AT_ONCE:,} exchanges are marked at once.")
        known = self._marks.of(chosen)
        changed = {id: _changed(known.get(id, NO_MARK), parts) for id in chosen}
        try:
            kept = self._marks.put_all(changed)
        except TooManyMarks:
            raise Refusal(
                409, "Too many marks", f"At most {MOST:,} exchanges can be marked.", "Take the marks off some others first."
            ) from None  # fmt: skip
        return {id.hex(): self.shown(mark) for id, mark in kept.items()}


def _changed(mark: Mark, parts: Mapping[str, Any]) -> Mark:
    named = {name: parts[name] for name in Mark.__struct_fields__ if name in parts}
    tags = (*named.get("tags", mark.tags), *parts.get("add_tags", ()))
    left = tuple(tag for tag in tags if tag not in parts.get("remove_tags", ()))
    return msgspec.structs.replace(mark, **named | {"tags": left})


_KINDS: dict[str, Any] = {
    "pinned": bool, "colour": str, "comment": str, "tags": list, "add_tags": list, "remove_tags": list,
}  # fmt: skip


def parts_in_json(asked: Any) -> dict[str, Any]:
    """The parts of a mark in a JSON body. Raises Refusal."""
    if not isinstance(asked, dict):
        raise _not_understood()
    parts: dict[str, Any] = {}
    for name, kind in _KINDS.items():
        if name in asked:
            value = asked[name]
            if not isinstance(value, kind) or (
                kind is list and not all(isinstance(each, str) for each in value)
            ):
                raise _not_understood()
            parts[name] = tags_in(" ".join(value)) if kind is list else value
    return parts


def _not_understood() -> Refusal:
    return Refusal(
        400,
        "Not understood",
        'The body is {"ids": ["…"], "pinned": true, "colour": "red", "comment": "…", "tags": ["…"]}; what is left out stays as it is.',
        f"Colours are {', '.join(COLOURS)}, or empty for none.",
    )


def ids_in(texts: Iterable[Any]) -> list[bytes]:
    """Exchange ids from text. Raises Refusal for what isn't one."""
    found = [ids.parse(text) if isinstance(text, str) else None for text in texts]
    if not found or None in found:
        raise Refusal(400, "Not understood", "An exchange is named by 32 hexadecimal digits.")
    return [id for id in found if id is not None]


def _parts_in_form() -> dict[str, Any]:
    form = request.form
    parts: dict[str, Any] = {name: form[name] for name in ("colour", "comment") if name in form}
    if "pinned" in form:
        parts["pinned"] = form["pinned"] == "yes"
    if "tags" in form:
        parts["tags"] = tags_in(form["tags"])
    return parts


def install(app: Flask, marking: Marking) -> None:
    """Give templates the mark of an exchange by its id in digits, and what can be chosen."""

    @app.context_processor
    def around() -> dict[str, Any]:
        return {
            "mark_of": lambda id: marking.one(bytes.fromhex(id)),
            "mark_colours": ("", *COLOURS),
            "longest_comment": LONGEST_COMMENT,
        }


def blueprint(marking: Marking) -> Blueprint:
    pages = Blueprint("marking", __name__)

    @pages.post("/traffic/marks")
    def change() -> AnyResponse:
        marking.change(ids_in(request.form.getlist("id")), _parts_in_form())
        return redirect(back_to(request.form.get("next")), 303)

    @pages.get("/api/v1/marks")
    def everything() -> Response:
        return jsonify(marking.everything())

    @pages.post("/api/v1/marks")
    def change_several() -> Response:
        asked = request.get_json()
        parts = parts_in_json(asked)
        named = asked.get("ids")
        return jsonify(marks=marking.change(ids_in(named if isinstance(named, list) else ()), parts))

    return pages
