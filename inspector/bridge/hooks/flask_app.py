"""What one Flask app does: its functions, by the one method through which Flask calls all of them; templates and exceptions, by its signals."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from inspector.bridge.recording import Recording, current
from inspector.bridge.texts import cut, kind, value

_OWN_NAMES = frozenset({"g", "request", "session", "config"})  # every template has them
_USER_NAMES = ("username", "name", "email", "login", "id")


def install(app: Any) -> None:
    """Listen to this app from now on."""
    import flask  # noqa: PLC0415 - there is an app, so there is Flask

    _follow_functions(app)
    _follow_handled(app)

    def rendering(sender: Any, template: Any, context: dict[str, Any], **_: Any) -> None:
        recording = current.get()
        if recording is not None:
            with contextlib.suppress(Exception):
                recording.template(template, [name for name in context if name not in _OWN_NAMES])

    def rendered(sender: Any, template: Any, **_: Any) -> None:
        recording = current.get()
        if recording is not None:
            with contextlib.suppress(Exception):
                recording.template_done(template)

    def failed(sender: Any, exception: BaseException, **_: Any) -> None:
        recording = current.get()
        if recording is not None:
            recording.raise_(exception, handled=False)

    def ending(sender: Any, **_: Any) -> None:
        recording = current.get()
        if recording is not None:
            with contextlib.suppress(Exception):
                _look_around(recording, app)

    flask.before_render_template.connect(rendering, sender=app, weak=False)
    flask.template_rendered.connect(rendered, sender=app, weak=False)
    flask.got_request_exception.connect(failed, sender=app, weak=False)
    flask.request_tearing_down.connect(ending, sender=app, weak=False)


def _follow_functions(app: Any) -> None:
    """Flask asks `ensure_sync` for each function right before it calls it: before, view, after, teardown, error handlers."""
    make_ready = app.ensure_sync

    def ensure_sync(function: Callable[..., Any]) -> Callable[..., Any]:
        ready: Callable[..., Any] = make_ready(function)
        recording = current.get()
        role = _role_of(app, function) if recording is not None else None
        return ready if recording is None or role is None else _timed(recording, role, function, ready)

    app.ensure_sync = ensure_sync


def _timed(
    recording: Recording, role: str, function: Callable[..., Any], ready: Callable[..., Any]
) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        note = recording.function(role, function)
        answer = None
        try:
            answer = ready(*args, **named)
        finally:
            note["took"] = recording.now() - note["began"]
            note["answered"] = answer is not None and role in {"before", "view", "error"}
        return answer

    return call


def _role_of(app: Any, function: Any) -> str | None:
    """What Flask calls this function for; None for those that are none of the app's steps (and for a method that its own view calls)."""
    try:
        if _among(app.before_request_funcs, function):
            return "before"
        if _among(app.after_request_funcs, function):
            return "after"
        if _among(app.teardown_request_funcs, function) or function in app.teardown_appcontext_funcs:
            return "teardown"
        if any(function is each for each in app.view_functions.values()):
            return "view"
        for codes in app.error_handler_spec.values():
            for handlers in codes.values():
                if any(function is each for each in handlers.values()):
                    return "error"
    except Exception:  # noqa: BLE001 - a Flask that keeps them elsewhere: then they are not told
        return None
    return None


def _among(functions: dict[Any, list[Any]], function: Any) -> bool:
    return any(function is each for every in functions.values() for each in every)


def _follow_handled(app: Any) -> None:
    """Exceptions that the app, or Flask, answers with a page. Those that it doesn't are told by a signal afterwards."""
    handle = app.handle_user_exception

    def handle_user_exception(error: Exception) -> Any:
        recording = current.get()
        if recording is not None:
            with contextlib.suppress(Exception):
                if not _is_only_a_way(error) and recording.code.raised_in_own(error.__traceback__):
                    recording.raise_(error, handled=True)
        return handle(error)

    app.handle_user_exception = handle_user_exception


def _is_only_a_way(error: Exception) -> bool:
    """Whether Werkzeug raised it to redirect to the address with a slash at its end."""
    return type(error).__name__ == "RequestRedirect"


def _look_around(recording: Recording, app: Any) -> None:
    """Route, session and user, when everything is done and before Flask puts them away. Nothing here may load anything that wasn't."""
    from flask import g, request, session  # noqa: PLC0415

    rule = request.url_rule
    if rule is not None:
        recording.facts["route"] = {
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or sorted(rule.methods or ()),
            "values": {
                name: value(each).strip("'") for name, each in list((request.view_args or {}).items())[:50]
            },
        }
    kept: Any = session._get_current_object()  # type: ignore[attr-defined]  # a proxy
    entries = (
        dict.items(kept) if isinstance(kept, dict) else kept.items()
    )  # its own methods note that it was looked at
    if app.secret_key or entries:
        recording.facts["session"] = [
            {"name": cut(str(name), 200), "kind": kind(each)}
            for name, each in list(entries)[:100]
            if name != "_permanent"
        ]
    recording.facts["user"] = _user(vars(g._get_current_object()))


def _user(kept: dict[str, Any]) -> str:
    """Who the app took the browser for: Flask-Login's user, or what lies under g.user; only what is loaded already."""
    known = kept.get("_login_user")
    if known is not None and getattr(known, "is_authenticated", False):
        return cut(f"{_called(known)} ({known.get_id()})" if _called(known) else str(known.get_id()), 200)
    known = kept.get("user")
    return cut(_called(known), 200) if known is not None else ""


def _called(user: Any) -> str:
    if isinstance(user, (str, int)):
        return str(user)
    fields = (
        user if hasattr(user, "keys") else getattr(user, "__dict__", {})
    )  # a row, or an object as far as it is loaded
    for name in _USER_NAMES:
        if name in fields.keys():  # noqa: SIM118 - a sqlite3.Row looks for a value with `in`
            return str(fields[name])
    return ""
