"""Reads hook files: runs them, finds their functions, and says in a sentence, with the line, what is wrong with one that can't be used.

A file that can't be loaded hooks nothing until it is mended. The functions that it had before are not kept: what happens to the traffic is then always what
stands in the file, and who has saved a slip doesn't look for long at the effect of a version that is nowhere any more. Other files go on.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from inspector.exchange.consulting import Moment
from inspector.exchange.hooking import Hook, HookFile
from inspector.filter.errors import FilterMistake
from inspector.filter.moments import Moment as Known
from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING, latest_term, moment_of
from inspector.filter.words import say
from inspector.hooks.scope import MARK, Scope

TAKES: dict[Moment, tuple[str, ...]] = {
    "request": ("request",),
    "response": ("exchange", "response"),
    "error": ("exchange", "fault"),
    "message": ("exchange", "message"),
}
_KNOWN_BY = {
    "request": Known.REQUEST_HEAD,
    "response": Known.RESPONSE_HEAD,
    "error": Known.RESPONSE_HEAD,
    "message": Known.RESPONSE_HEAD,
}
_OURS = str(Path(__file__).parent)
_LONGEST = 8000


class SlipError(Exception):
    """What is wrong with a file, and at which line."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.line = line


class Loaded(NamedTuple):
    """A file, and its functions by the keys of its hooks."""

    file: HookFile
    functions: dict[str, Callable[..., Any]]


def load(path: Path, number: int) -> Loaded:
    """Run the file and find its hooks; never raises for what stands in it. `number` is the file's among all that are given."""
    linecache.checkcache()
    try:
        functions = _functions(_run(path, number), path, number)
    except SlipError as slip:
        return _failed(path, str(slip), slip.line)
    except OSError as error:
        return _failed(path, f"It can't be read: {error.strerror or error}.")
    except SyntaxError as error:
        own = error.filename == str(path)
        where = "" if own else f" in {error.filename}, line {error.lineno}"
        return _failed(
            path, f"{type(error).__name__}{where}: {error.msg}", error.lineno or 0 if own else 0, told(error)
        )
    except BaseException as error:  # noqa: BLE001 (SystemExit too: a file may call exit)
        return _failed(path, summary(error), line_in(error, path), told(error))
    hooks = tuple(hook for hook, _ in functions)
    file = HookFile(path=str(path), name=path.name, loaded=time.time(), hooks=hooks)
    return Loaded(file, {hook.key: function for hook, function in functions})


def summary(error: BaseException) -> str:
    """An exception in a line."""
    if isinstance(error, SystemExit):
        return f"SystemExit: the code called exit({error.code!r})."
    if (
        isinstance(error, KeyError) and error.args
    ):  # Werkzeug's says 400 Bad Request, which is for a server's answer
        return f"KeyError: {error.args[0]!r}"
    return "".join(traceback.format_exception_only(error)).strip()[:1000]


def told(error: BaseException) -> str:
    """Its traceback from the first frame on that is not ours."""
    at = error.__traceback__
    while at is not None and _is_ours(at.tb_frame.f_code.co_filename):
        at = at.tb_next
    return "".join(traceback.format_exception(type(error), error, at))[-_LONGEST:]


def line_in(error: BaseException, path: Path) -> int:
    """The line of this file at which it happened, or from which it was gone on to elsewhere; 0 if the file had no part in it."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return lines[-1] or 0 if lines else 0


def _is_ours(file: str) -> bool:
    return file.startswith(_OURS) or "/concurrent/futures/" in file or "\\concurrent\\futures\\" in file


def _failed(path: Path, trouble: str, line: int = 0, traceback: str = "") -> Loaded:
    return Loaded(
        HookFile(path=str(path), name=path.name, trouble=trouble, line=line, traceback=traceback), {}
    )


def _run(path: Path, number: int) -> ModuleType:
    """The file as a module. It is compiled each time: a cache of bytecode knows files by whole seconds."""
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    module = ModuleType(f"inspector_hooks_{number}_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)  # noqa: S102 (that is what the file is for)
    return module


def _functions(module: ModuleType, path: Path, number: int) -> list[tuple[Hook, Callable[..., Any]]]:
    found = []
    for name, value in vars(module).items():
        scope = getattr(value, MARK, None)
        if not isinstance(scope, Scope):
            own = isinstance(value, FunctionType) and value.__module__ == module.__name__
            if not own or name not in TAKES:
                continue
            scope = Scope()
        if not callable(value) or isinstance(value, type):
            raise SlipError(f"{name} is marked with @when, and is no function.")
        found.append(_hook(name, value, scope, path, number))
    if not found:
        names = ", ".join(TAKES)
        raise SlipError(
            f"There is no hook in it: no function with one of the names {names}, and none marked with @when(at=…)."
        )
    found.sort(key=lambda each: each[0].line)
    if len({hook.key for hook, _ in found}) < len(found):
        raise SlipError("Two hooks have one name.")
    return found


def _hook(
    name: str, function: Callable[..., Any], scope: Scope, path: Path, number: int
) -> tuple[Hook, Callable[..., Any]]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    line = code.co_firstlineno if code is not None else 0
    moment = scope.at or name
    if moment not in TAKES:
        raise SlipError(
            f'{name} is marked with @when; say for which moment it is: @when(…, at="request"), or one of {", ".join(TAKES)}.',
            line,
        )
    _check_parameters(name, function, moment, line)
    says = _check_filter(scope.filter, moment, name, line)
    doc = (inspect.getdoc(function) or "")[:1000]
    key = f"{number}:{name}"
    return Hook(
        key=key,
        where=f"{path.name}:{name}",
        name=name,
        line=line,
        moment=moment,
        when=scope.filter,
        says=says,
        body=scope.body,
        doc=doc,
    ), function


def _check_parameters(name: str, function: Callable[..., Any], moment: Moment, line: int) -> None:
    takes = TAKES[moment]
    try:
        inspect.signature(function).bind(*takes)
    except TypeError:
        raise SlipError(
            f"It should be  def {name}({', '.join(takes)}):  here it is  def {name}{inspect.signature(function)}:",
            line,
        ) from None
    except ValueError:
        return  # a callable that doesn't tell


def _check_filter(text: str, moment: str, name: str, line: int) -> str:
    """The filter in words. What it asks for has to be known when the hook is asked."""
    if not isinstance(text, str):
        raise SlipError(f"@when of {name} wants a filter in quotes.", line)
    try:
        scope = parse(text) if text.strip() else EVERYTHING
    except FilterMistake as mistake:
        meant = f" Perhaps: {mistake.mended(text)[0]}" if mistake.suggestions else ""
        raise SlipError(
            f"The filter of {name}: {mistake.sentence} (at character {mistake.start + 1}){meant}", line
        ) from None
    if moment_of(scope) > _KNOWN_BY[moment]:
        late = latest_term(scope)
        what = text[late.start : late.end] if late is not None else text
        raise SlipError(
            f"The filter of {name} asks for what is not known yet when a {moment} hook is called ({what}): ask for it in the function.",
            line,
        )
    return say(scope) if text.strip() else ""
