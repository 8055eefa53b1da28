"""All stores of the shop, side by side: one of them answers, and the others are asked the very same, so that one can compare.

A real shop would not do this. Here every click becomes three lists of questions for the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import OutOfStockError
from . import Store
from .notes import Asked, taking_notes

DEFAULT = "tables"
NAMES = {"tables": "Tables", "documents": "Documents", "keys": "Keys"}


@dataclass(slots=True)
class Click:
    """What one request of a visitor's browser came to: to each store, what it was asked, and what went wrong there."""

    method: str
    path: str
    answered_by: str
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def took(self, name: str) -> float:
        return sum(each.took for each in self.asked.get(name, []))


class Together:
    """The stores by name. Those that could not be opened stand in `missing`, with why."""

    def __init__(self, stores: Mapping[str, Store], missing: Mapping[str, str]) -> None:
        self.stores = dict(stores)
        self.missing = dict(missing)

    def using(self, name: str, click: Click) -> Using:
        """For one request: `name` answers, and `click` hears of it."""
        return Using(self.stores, name if name in self.stores else DEFAULT, click)

    def reset(self) -> None:
        for store in self.stores.values():
            store.reset()


class Using:
    """What views speak with. It has the methods of `Store`; each asks every store, and gives what the chosen one said."""

    def __init__(self, stores: Mapping[str, Store], name: str, click: Click) -> None:
        self._stores = stores
        self._click = click
        self.name = name

    def __getattr__(self, method: str) -> Any:
        def ask(*arguments: Any) -> Any:
            answer = self._ask(self.name, method, arguments)
            for other in self._stores:
                if other != self.name:
                    self._ask_too(other, method, arguments)
            return answer

        return ask

    def _ask(self, name: str, method: str, arguments: tuple[Any, ...]) -> Any:
        with taking_notes() as notes:
            try:
                return getattr(self._stores[name], method)(*arguments)
            finally:
                self._click.asked.setdefault(name, []).extend(notes)

    def _ask_too(self, name: str, method: str, arguments: tuple[Any, ...]) -> None:
        """Another store may have other contents by now, or its server may be gone: that is shown, and stops nobody."""
        try:
            self._ask(name, method, arguments)
        except OutOfStockError as error:
            self._click.errors[name] = str(error)
        except Exception as error:  # noqa: BLE001 (each driver has exceptions of its own)
            self._click.errors[name] = f"{type(error).__name__}: {str(error)[:200]}"
