"""The shop under keys: a huge dictionary. Whoever knows the key has the value at once, whatever else there is.

Whoever does not know it has a problem: there is no "all teas below ten euros". So for each question that the shop will ask, somebody
keeps a list of keys by hand (`products:kind:tea`), and must not forget to change it when the thing itself changes.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from ..model import Line, Order, OutOfStockError, Product, Review, Wish, seed
from . import Heap
from .keys_backends import Keys
from .notes import counted, note, shown

_SHOWN = 50
_A_WEEK = "604800"  # seconds
_KINDS_OF_KEYS = ("product", "products", "reviews", "basket", "order", "orders", "wish", "wishes")


class KeyStore:
    """The store, on Redis or the embedded one."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.program = keys.program
        if not keys.ask("EXISTS", "products:by-name"):
            self.reset()

    # --- products ----------------------------------------------------------------------------------------

    def products(self, kind: str, words: str, sort: str) -> list[Product]:
        """One question for the list of names, then one for each product. Searching is up to us: a key-value store looks into no value."""
        slugs = self._ask("ZRANGE", f"products:by-{sort}", "0", "-1")
        if kind:
            of_kind = self._ask("SMEMBERS", f"products:kind:{kind}")
            slugs = [slug for slug in slugs if slug in of_kind]
        found = [_product(slug, self._ask("HGETALL", f"product:{slug}")) for slug in slugs]
        if sort == "name":
            found.sort(key=lambda each: each.name)
        return [each for each in found if words.lower() in f"{each.name} {each.words}".lower()]

    def product(self, slug: str) -> Product | None:
        fields = self._ask("HGETALL", f"product:{slug}")
        if not fields:
            return None
        written = self._ask("LRANGE", f"reviews:{slug}", "0", "-1")
        return _product(slug, fields, tuple(Review(**json.loads(each)) for each in written))

    def add_review(self, slug: str, review: Review) -> None:
        self._ask("RPUSH", f"reviews:{slug}", _json(asdict(review)))

    # --- basket and orders -------------------------------------------------------------------------------

    def basket(self, owner: str) -> list[Line]:
        counts = self._ask("HGETALL", f"basket:{owner}")
        lines = []
        for slug, count in counts.items():
            fields = self._ask("HGETALL", f"product:{slug}")
            if fields:
                lines.append(Line(slug, fields["name"], int(fields["price"]), int(count)))
        return sorted(lines, key=lambda line: line.name)

    def put(self, owner: str, slug: str, count: int) -> None:
        """What a key-value store does best: a basket that forgets itself a week after it was last touched."""
        if count:
            self._ask("HSET", f"basket:{owner}", slug, str(count))
            self._ask("EXPIRE", f"basket:{owner}", _A_WEEK)
        else:
            self._ask("HDEL", f"basket:{owner}", slug)

    def place(self, order: Order, owner: str) -> None:
        """No conditions here: take, look whether it went below nothing, and if so put back."""
        taken: list[Line] = []
        for line in order.lines:
            taken.append(line)
            if self._ask("HINCRBY", f"product:{line.slug}", "stock", str(-line.count)) < 0:
                for back in taken:
                    self._ask("HINCRBY", f"product:{back.slug}", "stock", str(back.count))
                raise OutOfStockError(line.name)
        self._ask(
            "HSET", f"order:{order.number}", "customer", order.customer, "placed", order.placed,
            "address", order.address, "lines", _json([asdict(line) for line in order.lines]),
        )  # fmt: skip
        self._ask("RPUSH", f"orders:{order.customer}", order.number)
        self._ask("DEL", f"basket:{owner}")

    def order(self, number: str) -> Order | None:
        fields = self._ask("HGETALL", f"order:{number}")
        if not fields:
            return None
        lines = tuple(Line(**line) for line in json.loads(fields.pop("lines")))
        return Order(number, **fields, lines=lines)

    def orders(self, customer: str) -> list[Order]:
        numbers = self._ask("LRANGE", f"orders:{customer}", "0", "-1")
        found = [self.order(number) for number in numbers[-_SHOWN:]]
        return [order for order in reversed(found) if order is not None]

    # --- wishes ------------------------------------------------------------------------------------------

    def wishes(self) -> list[Wish]:
        ids = self._ask("ZRANGE", "wishes:by-votes", "0", "-1", "REV")
        found = [self.wish(id) for id in ids]
        return sorted((wish for wish in found if wish is not None), key=lambda wish: (-wish.votes, wish.id))

    def wish(self, id: str) -> Wish | None:
        fields = self._ask("HGETALL", f"wish:{id}")
        return Wish(id, fields["title"], fields["note"], int(fields["votes"])) if fields else None

    def save_wish(self, wish: Wish) -> None:
        votes = str(wish.votes)
        self._ask("HSET", f"wish:{wish.id}", "title", wish.title, "note", wish.note, "votes", votes)
        self._ask("ZADD", "wishes:by-votes", votes, wish.id)

    def drop_wish(self, id: str) -> bool:
        self._ask("ZREM", "wishes:by-votes", id)
        return bool(self._ask("DEL", f"wish:{id}"))

    # --- all of it ---------------------------------------------------------------------------------------

    def contents(self) -> list[Heap]:
        found = sorted(self._all_keys())
        heaps = []
        for kind in _KINDS_OF_KEYS:
            of_kind = [key for key in found if key.partition(":")[0] == kind]
            rows = tuple(
                (key, self._keys.ask("TYPE", key), shown(self._look(key))) for key in of_kind[:_SHOWN]
            )
            if rows:
                heaps.append(Heap(f"{kind}:…", ("key", "type", "value"), rows, len(of_kind)))
        return heaps

    def reset(self) -> None:
        content = seed()
        for key in self._all_keys():
            self._keys.ask("DEL", key)
        for rank, product in enumerate(sorted(content["products"], key=lambda each: str(each["name"]))):
            slug = str(product.pop("slug"))
            fields = [str(word) for pair in product.items() for word in pair]
            self._keys.ask("HSET", f"product:{slug}", *fields)
            self._keys.ask("SADD", f"products:kind:{product['kind']}", slug)
            self._keys.ask("ZADD", "products:by-price", str(product["price"]), slug)
            self._keys.ask("ZADD", "products:by-name", str(rank), slug)
        for review in content["reviews"]:
            self._keys.ask("RPUSH", f"reviews:{review.pop('product')}", _json(review))
        for wish in content["wishes"]:
            self.save_wish(Wish(**wish))

    def _all_keys(self) -> list[str]:
        """SCAN goes through all keys by and by, without holding up the others who ask; KEYS would."""
        cursor, found = "0", []
        while True:
            cursor, some = self._keys.ask("SCAN", str(cursor), "MATCH", "*", "COUNT", "500")
            found += some
            if int(cursor) == 0:
                return found

    def _look(self, key: str) -> Any:
        kind = self._keys.ask("TYPE", key)
        if kind == "hash":
            return self._keys.ask("HGETALL", key)
        if kind == "set":
            return sorted(self._keys.ask("SMEMBERS", key))
        return self._keys.ask("ZRANGE" if kind == "zset" else "LRANGE", key, "0", "-1")

    def _ask(self, *words: str) -> Any:
        began = time.perf_counter()
        answer = self._keys.ask(*words)
        shape, sample = _shape(answer)
        note(" ".join(_quoted(word) for word in words), began, answer=shape, sample=sample)
        return answer


def _product(slug: str, fields: dict[str, str], reviews: tuple[Review, ...] = ()) -> Product:
    """A store of keys knows no numbers: what comes back is text."""
    return Product(
        slug, fields["name"], fields["kind"], int(fields["price"]), int(fields["stock"]), fields["colour"], fields["words"], reviews
    )  # fmt: skip


def _shape(answer: Any) -> tuple[str, Any]:
    if isinstance(answer, dict):
        return counted(len(answer), "field"), answer or None
    if isinstance(answer, (list, set)):
        found = sorted(answer) if isinstance(answer, set) else answer
        return counted(len(found), "member"), found[:12] or None
    return str(answer), None


def _quoted(word: str) -> str:
    return word if word and " " not in word and '"' not in word else json.dumps(word, ensure_ascii=False)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
