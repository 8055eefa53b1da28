"""Three ways to keep a shop: in tables, in documents, under keys. Each has a class with the same methods, told by `Store`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..model import Line, Order, Product, Review, Wish


@dataclass(frozen=True, slots=True)
class Heap:
    """Things of one kind, to be looked at: a table with its `columns`, or a collection or kind of key, whose rows are (name, content).

    `total` says how many there are when not all are shown.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


class Store(Protocol):
    """What the shop asks for. Methods that change something do all of it or nothing, as far as the database can promise that."""

    program: str
    """Which program answers, with its version, for the page."""

    def products(self, kind: str, words: str, sort: str) -> list[Product]: ...

    def product(self, slug: str) -> Product | None: ...

    def add_review(self, slug: str, review: Review) -> None: ...

    def basket(self, owner: str) -> list[Line]: ...

    def put(self, owner: str, slug: str, count: int) -> None:
        """So many of it are in the basket from now on; 0 takes it out."""

    def place(self, order: Order, owner: str) -> None:
        """Take the goods off the shelf, keep the order, empty the basket. Raises OutOfStockError, and then nothing was done."""

    def order(self, number: str) -> Order | None: ...

    def orders(self, customer: str) -> list[Order]: ...

    def wishes(self) -> list[Wish]: ...

    def wish(self, id: str) -> Wish | None: ...

    def save_wish(self, wish: Wish) -> None:
        """Keep it, whether it is new or changed."""

    def drop_wish(self, id: str) -> bool:
        """Whether there was such a wish."""

    def contents(self) -> list[Heap]:
        """All that is kept, to be looked at."""

    def reset(self) -> None:
        """Everything as it was at the beginning."""
