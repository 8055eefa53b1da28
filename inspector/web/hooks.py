"""Rules, Hooks: which files of --hook are loaded, what their functions have done, what went wrong and what they printed; without any, how to begin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, render_template, request

from inspector.exchange.hooking import HooksState
from inspector.hooks.examples import examples
from inspector.secrets.hider import Hider
from inspector.store import hook_state
from inspector.web.api.describing import says
from inspector.web.settings import WebSettings

TO_BEGIN = "banner"
MOMENTS = {
    "request": "before the site gets the request",
    "response": "before the browser gets the response",
    "error": "when there is no answer",
    "message": "for each message of a WebSocket",
}


class Hooks(msgspec.Struct):
    """What the API says. `hooks` is null where Inspector was started without --hook."""

    hooks: HooksState | None


def blueprint(settings: WebSettings, hider: Callable[[], Hider | None]) -> Blueprint:
    """`hider` gives what replaces secrets while somebody presents."""
    pages = Blueprint("hooks", __name__)

    def state() -> HooksState | None:
        found = hook_state.read(Path(settings.run))
        veil = hider()
        return found if found is None or veil is None else veiled(found, veil)

    @pages.get("/rules/hooks")
    def show() -> str | tuple[str, int]:
        stamp = hook_state.stamp(Path(settings.run))
        if request.args.get("seen") == stamp:
            return "", 204  # the page asks every two seconds, and keeps what it has
        begin = next(each for each in examples() if each.name == TO_BEGIN)
        return render_template(
            "rules/hooks.html", state=state(), begin=begin, examples=examples(), moments=MOMENTS, settings=settings, stamp=stamp
        )  # fmt: skip

    @pages.get("/api/v1/hooks")
    @says(
        "The hooks in Python: files, functions, counts, what went wrong, what was printed",
        tag="Hooks",
        scope="read",
        gives=Hooks,
    )
    def told() -> Response:
        return jsonify(hooks=msgspec.to_builtins(state()))

    return pages


def veiled(state: HooksState, hider: Hider) -> HooksState:
    """The same with what may hold secrets replaced: a person's own code prints what it likes, so of that nothing is left."""

    def hidden(text: str) -> str:
        return hider.body(text.encode(), "text/plain").decode("utf-8", "replace")

    def trouble(each: Any) -> Any:
        what = ": ".join(hidden(each.what).split(": ")[:2])  # the place and the exception's kind
        return msgspec.structs.replace(each, what=what, traceback="")

    files = tuple(
        msgspec.structs.replace(file, trouble=hidden(file.trouble), traceback="") for file in state.files
    )
    return msgspec.structs.replace(
        state, files=files, troubles=tuple(map(trouble, state.troubles)), printed=()
    )
