"""What a person adds to exchanges: a pin, a colour, a comment, tags; to one or to many at once. Pages and API share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypedDict

import msgspec
from flask import Blueprint, Flask, Response, jsonify, redirect, request
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from inspector.exchange import ids
from inspector.exchange.mark import COLOURS, LONGEST_COMMENT, NO_MARK, Mark, tags_in
from inspector.store.marks import MOST, Marks, TooManyMarks
from inspector.web.api.asking import Id
from inspector.web.api.describing import says
from inspector.web.api.shapes import Mark as MarkShape
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


class Parts(msgspec.Struct):
    """Parts of a mark; what is left out stays as it is. A colour that there isn't is none."""

    pinned: bool | msgspec.UnsetType = msgspec.UNSET
    colour: Annotated[str, Meta(description=f"{', '.join(COLOURS)}, or empty.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    comment: str | msgspec.UnsetType = msgspec.UNSET
    tags: list[str] | msgspec.UnsetType = msgspec.UNSET
    add_tags: list[str] | msgspec.UnsetType = msgspec.UNSET
    remove_tags: list[str] | msgspec.UnsetType = msgspec.UNSET


class Marked(Parts, kw_only=True):
    """Exchanges, and what shall be added to them."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class AllMarks(TypedDict):
    """`marks` by the number of the exchange."""

    marks: dict[str, MarkShape | None]
    tags: list[str]


class ChangedMarks(TypedDict):
    marks: dict[str, MarkShape | None]


def parts_of(asked: Parts) -> dict[str, Any]:
    """The parts that were said."""
    found = {name: getattr(asked, name) for name in Parts.__struct_fields__}
    return {
        name: tags_in(" ".join(value)) if isinstance(value, list) else value
        for name, value in found.items()
        if value is not msgspec.UNSET
    }


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
    @says("All that is marked, and the tags in use", tag="Marks", scope="read", gives=AllMarks)
    def everything() -> Response:
        return jsonify(marking.everything())

    @pages.post("/api/v1/marks")
    @says("Mark exchanges", tag="Marks", scope="captures", takes=Marked, gives=ChangedMarks, fails=(409,),
          detail="What is left out stays as it is; `add_tags` and `remove_tags` change some.", example={"ids": ["ID"], "pinned": True, "tags": ["todo"]})  # fmt: skip
    def change_several(body: Marked) -> Response:
        return jsonify(marks=marking.change(ids_in(body.ids), parts_of(body)))

    return pages
