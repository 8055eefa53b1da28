"""The shop in documents: what is read together is kept together. A product holds its reviews, an order holds its lines, as one piece of JSON.

So most pages need a single question. The price is that a fact may stand in several places: a product that gets another name keeps its old
one in the orders (which is right there) and in the baskets (which is not).
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from typing import Any

from ..model import Line, Order, OutOfStockError, Product, Review, Wish, seed
from . import Heap
from .documents_backends import Document, Documents
from .notes import counted, note, shown

_SHOWN = 50
_MOST_LETTERS = 4000


class DocumentStore:
    """The store, on MongoDB or the embedded one."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.program = documents.program
        there = documents.collections()
        if "practice_shop" not in there:
            if set(there) & {"products", "orders", "baskets", "wishes"}:
                raise ValueError(
                    "This MongoDB database has collections of these names that are not a practice shop's."
                )
            self.reset()

    # --- products ----------------------------------------------------------------------------------------

    def products(self, kind: str, words: str, sort: str) -> list[Product]:
        where: Document = {"kind": kind} if kind else {}
        if words:
            like = {"$regex": re.escape(words), "$options": "i"}  # what was typed is words, and no pattern
            where["$or"] = [{"name": like}, {"words": like}]
        return [
            _product(each, reviews=False) for each in self._find("products", where, [(sort, 1), ("slug", 1)])
        ]

    def product(self, slug: str) -> Product | None:
        found = self._find("products", {"slug": slug}, limit=1)
        return _product(found[0], reviews=True) if found else None

    def add_review(self, slug: str, review: Review) -> None:
        self._update("products", {"slug": slug}, {"$push": {"reviews": asdict(review)}})

    # --- basket and orders -------------------------------------------------------------------------------

    def basket(self, owner: str) -> list[Line]:
        found = self._find("baskets", {"owner": owner}, limit=1)
        lines = [Line(slug, **line) for slug, line in found[0].get("lines", {}).items()] if found else []
        return sorted(lines, key=lambda line: line.name)

    def put(self, owner: str, slug: str, count: int) -> None:
        """Name and price are copied into the basket, so that showing it needs no other document."""
        if not count:
            self._update("baskets", {"owner": owner}, {"$unset": {f"lines.{slug}": ""}})
            return
        found = self._find("products", {"slug": slug}, limit=1)
        if found:
            line = {"name": found[0]["name"], "price": found[0]["price"], "count": count}
            self._update("baskets", {"owner": owner}, {"$set": {f"lines.{slug}": line}}, upsert=True)

    def place(self, order: Order, owner: str) -> None:
        """Each update is safe by itself: it has its condition inside. All of them together are not, so what was taken is put back by hand."""
        taken: list[Line] = []
        for line in order.lines:
            enough = {"slug": line.slug, "stock": {"$gte": line.count}}
            if not self._update("products", enough, {"$inc": {"stock": -line.count}}):
                for back in taken:
                    self._update("products", {"slug": back.slug}, {"$inc": {"stock": back.count}})
                raise OutOfStockError(line.name)
            taken.append(line)
        self._insert("orders", [_order_document(order)])
        self._delete("baskets", {"owner": owner})

    def order(self, number: str) -> Order | None:
        found = self._find("orders", {"number": number}, limit=1)
        return _order(found[0]) if found else None

    def orders(self, customer: str) -> list[Order]:
        return [
            _order(each) for each in self._find("orders", {"customer": customer}, [("placed", -1)], _SHOWN)
        ]

    # --- wishes ------------------------------------------------------------------------------------------

    def wishes(self) -> list[Wish]:
        return [_wish(each) for each in self._find("wishes", {}, [("votes", -1), ("id", 1)])]

    def wish(self, id: str) -> Wish | None:
        found = self._find("wishes", {"id": id}, limit=1)
        return _wish(found[0]) if found else None

    def save_wish(self, wish: Wish) -> None:
        values = {"title": wish.title, "note": wish.note, "votes": wish.votes}
        self._update("wishes", {"id": wish.id}, {"$set": values}, upsert=True)

    def drop_wish(self, id: str) -> bool:
        return bool(self._delete("wishes", {"id": id}))

    # --- all of it ---------------------------------------------------------------------------------------

    def contents(self) -> list[Heap]:
        return [self._heap(name) for name in self._documents.collections() if name != "practice_shop"]

    def reset(self) -> None:
        content = seed()
        for name in ("products", "baskets", "orders", "wishes", "practice_shop"):
            self._documents.delete(name, {})
        for product in content["products"]:
            about = [each for each in content["reviews"] if each["product"] == product["slug"]]
            product["reviews"] = [
                {key: value for key, value in each.items() if key != "product"} for each in about
            ]
        self._documents.insert("products", content["products"])
        self._documents.insert("wishes", content["wishes"])
        self._documents.insert(
            "practice_shop", [{"what": "Its presence says that the others may be deleted."}]
        )

    def _heap(self, name: str) -> Heap:
        found = self._documents.find(name, {}, [], _SHOWN)
        rows = tuple((_pretty(each),) for each in found)
        return Heap(name, ("document",), rows, self._documents.count(name))

    # --- asking, with notes ------------------------------------------------------------------------------

    def _find(
        self, collection: str, where: Document, sort: list[tuple[str, int]] | None = None, limit: int = 0
    ) -> list[Document]:
        began = time.perf_counter()
        found = self._documents.find(collection, where, sort or [], limit)
        text = f"db.{collection}.find({shown(where)})"
        text += f".sort({shown(dict(sort))})" if sort else ""
        text += f".limit({limit})" if limit else ""
        for each in found:
            each.pop("_id", None)  # MongoDB's own key, which it gives to every document
        note(text, began, answer=counted(len(found), "document"), sample=found[:3])
        return found

    def _update(self, collection: str, where: Document, change: Document, *, upsert: bool = False) -> int:
        began = time.perf_counter()
        done = self._documents.update(collection, where, change, upsert=upsert)
        more = ', {"upsert": true}' if upsert else ""
        text = f"db.{collection}.updateOne({shown(where)}, {shown(change)}{more})"
        note(text, began, answer=f"{counted(done, 'document')} changed")
        return done

    def _insert(self, collection: str, documents: list[Document]) -> None:
        began = time.perf_counter()
        self._documents.insert(collection, documents)
        note(
            f"db.{collection}.insertMany({shown(documents)})",
            began,
            answer=f"{counted(len(documents), 'document')} added",
        )

    def _delete(self, collection: str, where: Document) -> int:
        began = time.perf_counter()
        done = self._documents.delete(collection, where)
        note(
            f"db.{collection}.deleteMany({shown(where)})",
            began,
            answer=f"{counted(done, 'document')} deleted",
        )
        return done


def _pretty(document: Document) -> str:
    fields = {key: value for key, value in document.items() if key != "_id"}
    return json.dumps(fields, ensure_ascii=False, indent=2, default=str)[:_MOST_LETTERS]


def _product(document: Document, *, reviews: bool) -> Product:
    fields: dict[str, Any] = {key: value for key, value in document.items() if key not in {"_id", "reviews"}}
    written = tuple(Review(**each) for each in document.get("reviews", [])) if reviews else ()
    return Product(**fields, reviews=written)


def _order_document(order: Order) -> Document:
    return {**asdict(order), "lines": [asdict(line) for line in order.lines]}


def _order(document: Document) -> Order:
    fields = {key: value for key, value in document.items() if key not in {"_id", "lines"}}
    return Order(**fields, lines=tuple(Line(**line) for line in document["lines"]))


def _wish(document: Document) -> Wish:
    return Wish(**{key: value for key, value in document.items() if key != "_id"})
