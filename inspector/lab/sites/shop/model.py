"""What the shop is about, whatever it is kept in. Prices are whole cents: 0.1 + 0.2 is not 0.3 to a computer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = {"pot": "Pots", "mug": "Mugs", "tea": "Teas"}
SORTS = {"name": "by name", "price": "by price"}


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody wrote about a product. `stars` 1 to 5, `written` as 2025-03-02."""

    author: str
    stars: int
    text: str
    written: str


@dataclass(frozen=True, slots=True)
class Product:
    """Something that is sold. `slug` is its name in addresses; `reviews` is filled when a single product is asked for."""

    slug: str
    name: str
    kind: str
    price: int
    stock: int
    colour: str
    words: str
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a product, in a basket or an order. `price` is that of one."""

    slug: str
    name: str
    price: int
    count: int


@dataclass(frozen=True, slots=True)
class Order:
    """What was bought. `price` in its lines is what was paid, whatever the product costs by now."""

    number: str
    customer: str
    placed: str
    address: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return total(self.lines)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor would like the shop to sell."""

    id: str
    title: str
    note: str = ""
    votes: int = 0


class OutOfStockError(Exception):
    """There are fewer of `name` than were ordered; nothing was bought."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There are not so many of {name} left. Nothing was bought.")


def total(lines: tuple[Line, ...] | list[Line]) -> int:
    """What they cost together, in cents."""
    return sum(line.price * line.count for line in lines)


def money(cents: int) -> str:
    """1350 as people write it."""
    return f"€ {cents / 100:.2f}"


def seed() -> dict[str, list[dict[str, Any]]]:
    """What the shop begins with, and goes back to when it is reset."""
    content: dict[str, list[dict[str, Any]]] = json.loads(
        Path(__file__).with_name("seed.json").read_text(encoding="utf-8")
    )
    return content
