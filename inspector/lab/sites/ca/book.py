"""What the authority remembers, in memory and with an end: accounts, orders, one authorization for each name of an order, certificates, nonces."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from joserfc.jwk import Key

MOST_ACCOUNTS, MOST_ORDERS, MOST_NONCES = 200, 500, 1000
ORDER_LASTS = 3600.0  # seconds

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Account:
    id: str
    key: Key
    contact: list[str]
    status: str = "valid"

    @property
    def thumbprint(self) -> str:
        """What an answer to a challenge ends in: it says for which account's key the file was laid down (RFC 8555 §8.1)."""
        return str(self.key.thumbprint())


@dataclass(slots=True)
class Authorization:
    """Whether an account may have a certificate for `name`, and the challenge that decides it."""

    id: str
    account: str
    name: str
    token: str
    expires: float
    status: str = "pending"
    challenge: str = "pending"
    validated: float = 0.0
    error: dict[str, object] | None = None


@dataclass(slots=True)
class Order:
    id: str
    account: str
    authorizations: list[Authorization]
    expires: float
    lasts: float | None = None
    status: str = "pending"
    certificate: bytes = b""
    serial: int = 0
    error: dict[str, object] | None = None
    made: float = field(default_factory=time.time)

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.authorizations]


class Book:
    """All of it. `lock` is held while anything of it changes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        with self.lock:
            self.accounts: OrderedDict[str, Account] = OrderedDict()
            self.orders: OrderedDict[str, Order] = OrderedDict()
            self.authorizations: dict[str, Authorization] = {}
            self._nonces: OrderedDict[str, None] = OrderedDict()

    def nonce(self) -> str:
        """A number to be used once: a request that somebody recorded is of no use a second time (RFC 8555 §6.5)."""
        made = secrets.token_urlsafe(16)
        with self.lock:
            self._nonces[made] = None
            _shorten(self._nonces, MOST_NONCES)
        return made

    def use(self, nonce: str) -> bool:
        """Whether it was given out and not used yet; now it is."""
        with self.lock:
            return self._nonces.pop(nonce, self) is None

    def account_of(self, key: Key) -> Account | None:
        thumbprint = key.thumbprint()
        with self.lock:
            return next((each for each in self.accounts.values() if each.thumbprint == thumbprint), None)

    def open_account(self, key: Key, contact: list[str]) -> Account:
        account = Account(new_id(), key, contact)
        with self.lock:
            self.accounts[account.id] = account
            _shorten(self.accounts, MOST_ACCOUNTS)
        return account

    def open_order(self, account: Account, names: list[str], lasts: float | None) -> Order:
        expires = time.time() + ORDER_LASTS
        asked = [
            Authorization(new_id(), account.id, name, secrets.token_urlsafe(24), expires) for name in names
        ]
        order = Order(new_id(), account.id, asked, expires, lasts)
        with self.lock:
            self.orders[order.id] = order
            self.authorizations |= {each.id: each for each in asked}
            for old in _shorten(self.orders, MOST_ORDERS):
                for each in old.authorizations:
                    self.authorizations.pop(each.id, None)
        return order

    def newest(self, count: int) -> list[Order]:
        with self.lock:
            return list(self.orders.values())[: -count - 1 : -1]


def new_id() -> str:
    return secrets.token_urlsafe(9)


def _shorten(things: OrderedDict[str, Any], most: int) -> list[Any]:
    """Drop the oldest that are too many."""
    return [things.popitem(last=False)[1] for _ in range(max(0, len(things) - most))]
