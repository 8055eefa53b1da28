"""Which exchanges a hook is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

MARK = "__inspector_when__"
Function = TypeVar("Function", bound=Callable[..., Any])


class Scope(NamedTuple):
    """What `when` was told."""

    filter: str = ""
    at: str = ""
    body: bool = True


def when(
    filter: str = "", *, at: Literal["", "request", "response", "error", "message"] = "", body: bool = True
) -> Callable[[Function], Function]:
    """Ask this hook only for exchanges that fit the filter (see docs/filter.md).

    `at` makes a hook of a function of any name: `@when("path:/api/", at="response")`. With `body=False` the hook gets the head alone, and the body goes on
    passing meanwhile: right for large downloads and for whatever never ends.
    """

    def mark(function: Function) -> Function:
        setattr(function, MARK, Scope(filter, at, body))
        return function

    return mark
