"""How a route of the API describes itself. What is described is also what is checked, so that the two cannot part.

    class Wanted(msgspec.Struct): on: bool

    @pages.post("/api/v1/capturing")
    @says("Switch capturing", tag="Inspector", scope="settings", takes=Wanted, gives=LampAnswer)
    def capturing(body: Wanted) -> Response: ...

The view is called with `body` if it `takes` something, and with `query` if it has a `query`; both are read by msgspec, and what doesn't fit is answered
before the view runs, with the place and the cure.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Flask, request

from inspector.web.api.scopes import Scope
from inspector.web.errors import Refusal

View = TypeVar("View", bound=Callable[..., Any])

# What can happen to nearly any call, so it isn't repeated at each: not known, not allowed, a foreign host, the captures can't be read.
ALWAYS = (401, 403, 421, 503)


@dataclass(frozen=True, slots=True)
class Bytes:
    """A body that isn't JSON. `streams`: it may come for ever."""

    media: str = "application/octet-stream"
    text: bool = False
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: what it is for, whom it is open to, what goes in and what comes out.

    `fails` are the statuses of problems beyond those that follow from the rest; `path` is the schema of a part of the address that isn't an exchange's id.
    """

    summary: str
    tag: str
    scope: Scope
    detail: str = ""
    query: type[msgspec.Struct] | None = None
    takes: Any = None
    gives: Any = None
    status: int = 200
    fails: tuple[int, ...] = ()
    path: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    example: Any = None
    machines: bool = False

    @property
    def problems(self) -> tuple[int, ...]:
        """Every status with which it may fail."""
        more: tuple[int, ...] = ()
        if self.query is not None:
            more += (400,)
        if self.takes is not None:
            more += (400, 413, 415)
        return tuple(sorted({*ALWAYS, *more, *self.fails}))


def says(
    summary: str,
    *,
    tag: str,
    scope: Scope,
    detail: str = "",
    query: type[msgspec.Struct] | None = None,
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    fails: tuple[int, ...] = (),
    path: Mapping[str, Mapping[str, Any]] | None = None,
    example: Any = None,
    machines: bool = False,
) -> Callable[[View], View]:
    """Describe a view. `takes` is the type of its JSON body, or `Bytes`; `gives` that of its answer, `Bytes`, or None where there is nothing to say.

    `machines`: the view looks at a token of its own, and neither at the session nor at the tokens of this dashboard.
    """
    told = Operation(
        summary, tag, scope, detail, query, takes, gives, status, fails, path or {}, example, machines
    )

    def describe(view: View) -> View:
        @functools.wraps(view)
        def checked(**given: Any) -> Any:
            if told.query is not None:
                given["query"] = read_query(told.query)
            if isinstance(told.takes, Bytes):
                given["body"] = read_bytes(told.takes)
            elif told.takes is not None and not told.machines:
                given["body"] = read_body(told.takes)
            return view(**given)

        checked.operation = told  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return describe


def operation_of(app: Flask, endpoint: str | None) -> Operation | None:
    """What the view behind an endpoint says of itself."""
    view = app.view_functions.get(endpoint or "")
    found = getattr(view, "operation", None)
    return found if isinstance(found, Operation) else None


def read_query(kind: type[msgspec.Struct]) -> Any:
    """The query as `kind` says. A parameter said twice counts once: the last."""
    given = {name: values[-1] for name, values in request.args.lists()}
    try:
        return msgspec.convert(given, kind, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise wrong("The query", error) from None


def read_bytes(kind: Bytes) -> bytes:
    """The body as it came."""
    if kind.largest:
        request.max_content_length = kind.largest
    return request.get_data()


def read_body(kind: Any) -> Any:
    """The JSON body as `kind` says."""
    if not request.is_json:
        said = request.mimetype or "no media type"
        raise Refusal(
            415,
            "Not JSON",
            f"This address takes JSON, and the request says {said[:100]}.",
            "Say  Content-Type: application/json",
        )
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise wrong("The body", error) from None


def wrong(what: str, error: Exception) -> Refusal:
    """What is asked for isn't as it should be: where, and what was expected there."""
    said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Refusal(
        400, "Not understood", f"{what} is not as it should be: {said}.", "What it takes stands at /api."
    )
