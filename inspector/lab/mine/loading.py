"""Finds the WSGI app in a folder, as `flask run` does: app.py or wsgi.py, and in it `app`, `application`, or what `create_app` makes."""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from inspector.bridge import Inspector

MODULES = ("app", "wsgi", "main")
NAMES = ("app", "application")
FACTORIES = ("create_app", "make_app")
_HERE = str(Path(__file__).parent)


class NoAppError(Exception):
    """There is nothing to serve; the message says what was looked for."""


class Loading:
    """The app of a folder, or the one that is `asked` for, being loaded in a thread of its own: `trouble` is why that failed, as a traceback;
    `failed` hears of it."""

    def __init__(
        self, folder: Path, asked: str = "", failed: Callable[[Loading], None] = lambda _: None
    ) -> None:
        self._folder = folder
        self._asked = asked
        self._failed = failed
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._load, name="loading", daemon=True)
        self.app: Callable[..., Iterable[bytes]] | None = None
        self.trouble = ""
        self.summary = ""

    def start(self) -> None:
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it is done by then, one way or the other."""
        return self._done.wait(seconds)

    def where(self) -> str:
        """Which line it is at, for a page that says why nothing comes."""
        frame: FrameType | None = sys._current_frames().get(self._thread.ident or 0)
        return "".join(traceback.format_list(_theirs(traceback.extract_stack(frame)))) if frame else ""

    def _load(self) -> None:
        try:
            self.app = named(self._folder, self._asked) if self._asked else find(self._folder)
        except BaseException as error:  # noqa: BLE001 (SystemExit too: the learner's code may call exit)
            self.summary, self.trouble = said(error, self._folder)
            self._failed(self)
        finally:
            self._done.set()


def find(folder: Path) -> Callable[..., Iterable[bytes]]:
    """The app. Raises whatever the learner's code raises, and NoAppError."""
    sys.path.insert(0, str(folder))
    name = next((each for each in MODULES if (folder / f"{each}.py").is_file()), None)
    if name is None:
        wanted = ", ".join(f"{each}.py" for each in MODULES)
        raise NoAppError(f"There is none of {wanted} in {folder}.")
    module = importlib.import_module(name)
    app = _in(module)
    if app is None:
        raise NoAppError(
            f"{name}.py has no variable called app, and no function create_app. It should end as in:  app = Flask(__name__)"
        )
    return _prepared(app)


def named(folder: Path, asked: str) -> Callable[..., Iterable[bytes]]:
    """The app that --mount names, `shop:app`, `shop.web:create_app()` or `shop` alone, with the folder on the path. Raises whatever the code raises, and NoAppError."""
    sys.path.insert(0, str(folder))
    name, _, wanted = asked.partition(":")
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise NoAppError(
            f"There is no module {error.name} in {folder}, nor among the packages that Python finds."
        ) from None
    app = _attribute(module, wanted) if wanted else _in(module)
    if app is None:
        raise NoAppError(
            f"{name} has no variable called app, and no function create_app. Say which it is, as in  {name}:my_app"
        )
    if not callable(app):
        raise NoAppError(f"{asked} is no app: it is {type(app).__name__}, which can't be called.")
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None)):  # noqa: B004 (whether that is async)
        raise NoAppError(
            f"{asked} is an ASGI app, as FastAPI, Starlette and Django's asgi.py make; only WSGI apps (Flask, Django's wsgi.py) are mounted. "
            "Start it with its own server, uvicorn for instance, and make a rule  Send to another server  for this host."
        )
    return _prepared(app)


def _attribute(module: ModuleType, wanted: str) -> Any:
    """`app`, `web.app` or `create_app("test")` in a module."""
    name, called, arguments = wanted.partition("(")
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            near = (
                difflib.get_close_matches(
                    part, [each for each in vars(found) if not each.startswith("_")], 1, 0.5
                )
                if hasattr(found, "__dict__")
                else []
            )
            meant = f" Did you mean {near[0]}?" if near else ""
            raise NoAppError(f"{module.__name__} has no {name}.{meant}")
        found = getattr(found, part)
    if called:
        return found(*_literals(wanted, arguments))
    return found() if inspect.isfunction(found) and not inspect.signature(found).parameters else found


def _literals(wanted: str, arguments: str) -> tuple[Any, ...]:
    try:
        inside = arguments.rstrip().removesuffix(")")
        value = ast.literal_eval(f"({inside},)") if inside.strip() else ()
    except (ValueError, SyntaxError):
        raise NoAppError(f"{wanted}: between the brackets only texts and numbers can stand.") from None
    return value if isinstance(value, tuple) else (value,)


def _prepared(app: Any) -> Callable[..., Iterable[bytes]]:
    _show_exceptions(app)
    _tell_its_half(app)
    return app  # type: ignore[no-any-return]  # whatever a module has


def said(error: BaseException, folder: Path) -> tuple[str, str]:
    """An exception in one line, and its traceback from the first line on that is the learner's."""
    if isinstance(error, NoAppError):
        return str(error), ""
    if isinstance(error, SystemExit):
        summary = f"SystemExit: the code called exit({error.code!r}), which ends the whole program."
    else:
        summary = traceback.format_exception_only(error)[-1].strip()
    for each in _chain(error):
        each.__traceback__ = _in_folder(each, str(folder)) or _below_ours(each)
    return summary, "".join(traceback.format_exception(error))


def _in(module: ModuleType) -> Callable[..., Iterable[bytes]] | None:
    for name in NAMES:
        found = getattr(module, name, None)
        if callable(found):
            return found  # type: ignore[no-any-return]  # whatever a module has
    for name in FACTORIES:
        factory = getattr(module, name, None)
        if callable(factory):
            return factory()  # type: ignore[no-any-return]  # the same
    return next((each for each in vars(module).values() if type(each).__name__ == "Flask"), None)


def _show_exceptions(app: Any) -> None:
    """Exceptions of a Flask app come to us, which shows them on a page, unless the app has a page of its own for them."""
    handlers = getattr(app, "error_handler_spec", None)
    if handlers is None:
        return
    of_app = handlers.get(None, {})
    has_page = of_app.get(500) or Exception in of_app.get(None, {})
    if not has_page and app.config["PROPAGATE_EXCEPTIONS"] is None:
        app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_env.auto_reload = True  # a template that was saved counts at once


def _tell_its_half(app: Any) -> None:
    """Inside a running Inspector a Flask app needs no line of its own for that; one that has it keeps it."""
    if os.environ.get("INSPECTOR_BRIDGE") and hasattr(app, "wsgi_app"):
        Inspector(app, ask=False)


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in found:
        found.append(each)
        each = each.__cause__ or each.__context__
    return found


def _in_folder(error: BaseException, folder: str) -> Any:
    at = error.__traceback__
    while at is not None and not at.tb_frame.f_code.co_filename.startswith(folder):
        at = at.tb_next
    return at


def _below_ours(error: BaseException) -> Any:
    """Its traceback from the first frame that is neither ours nor the import system's."""
    at = error.__traceback__
    while at is not None and _is_ours(at.tb_frame.f_code.co_filename):
        at = at.tb_next
    return at


def _is_ours(file: str) -> bool:
    return file.startswith((_HERE, "<frozen importlib")) or file == importlib.__file__


def _theirs(frames: traceback.StackSummary) -> list[traceback.FrameSummary]:
    return [each for each in frames if not _is_ours(each.filename) and each.filename != threading.__file__]
