"""What becomes of an order (RFC 8555 §7.1.6): pending until each name was proved, ready until the request comes, then valid, with a certificate.

An authorization goes from pending to valid, or to invalid with its order: whoever fails begins anew.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import threading
import time
from typing import Any

from .asking import DOMAIN, Asking, is_ours
from .book import Account, Authorization, Book, Order
from .issuing import LASTS, LEAST, Issuer
from .problems import Problem

MOST_NAMES = 10
MOST_IN_A_MINUTE = 30
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class Orders:
    """Takes them, checks them, fills them."""

    def __init__(self, book: Book, issuer: Issuer, asking: Asking) -> None:
        self._book = book
        self._issuer = issuer
        self._asking = asking

    def place(self, account: Account, wanted: dict[str, Any]) -> Order:
        """A new order. Raises Problem."""
        if (
            sum(each.made > time.time() - 60 for each in self._book.newest(MOST_IN_A_MINUTE))
            >= MOST_IN_A_MINUTE
        ):
            raise Problem(
                "rateLimited",
                f"This authority takes {MOST_IN_A_MINUTE} orders in a minute. Real ones take fewer.",
            )
        return self._book.open_order(account, _names_in(wanted), _lasting(wanted))

    def prove(self, authorization: Authorization, account: Account) -> None:
        """Begin to check what the applicant says it has laid down; what came of it, it asks for later."""
        with self._book.lock:
            if authorization.challenge != "pending":
                return
            authorization.challenge = "processing"
        threading.Thread(
            target=self._check, args=(authorization, account.thumbprint), name="acme", daemon=True
        ).start()

    def _check(self, authorization: Authorization, thumbprint: str) -> None:
        try:
            self._asking.check(authorization.name, authorization.token, thumbprint)
        except Problem as problem:
            with self._book.lock:
                authorization.status = authorization.challenge = "invalid"
                authorization.error = problem.as_json()
        else:
            with self._book.lock:
                authorization.status = authorization.challenge = "valid"
                authorization.validated = time.time()

    def state(self, order: Order) -> str:
        """The order's state now, as its authorizations and the clock have it."""
        with self._book.lock:
            if order.status == "pending":
                states = {each.status for each in order.authorizations}
                if "invalid" in states or order.expires < time.time():
                    order.status = "invalid"
                    order.error = next((each.error for each in order.authorizations if each.error), None)
                elif states == {"valid"}:
                    order.status = "ready"
            return order.status

    def fill(self, order: Order, csr: object) -> None:
        """Issue the certificate. Raises Problem."""
        with self._book.lock:
            if self.state(order) != "ready":
                raise Problem("orderNotReady", f"The order is {order.status}; it must be ready.")
            request = _from_base64url(csr)
            now = dt.datetime.now(dt.UTC)
            order.certificate, order.serial = self._issuer.issue(request, order.names, order.lasts, now)
            order.status = "valid"


def _names_in(wanted: dict[str, Any]) -> list[str]:
    identifiers = wanted.get("identifiers")
    if not isinstance(identifiers, list) or not 1 <= len(identifiers) <= MOST_NAMES:
        raise Problem("malformed", f"An order is for 1 to {MOST_NAMES} identifiers.")
    names: dict[str, None] = {}
    for each in identifiers:
        if not isinstance(each, dict) or each.get("type") != "dns":
            raise Problem("unsupportedIdentifier", "This authority knows identifiers of the type dns only.")
        name = str(each.get("value", "")).lower()
        if name.startswith("*."):
            raise Problem(
                "rejectedIdentifier",
                "A name with a star cannot be proved by a file on a site (RFC 8555 §8.3).",
            )
        if not _NAME.fullmatch(name) or not is_ours(name):
            raise Problem(
                "rejectedIdentifier",
                f"This authority vouches for names below {DOMAIN} only, and {name[:100]} is none.",
            )
        names[name] = None
    return list(names)


def _lasting(wanted: dict[str, Any]) -> float | None:
    """How many seconds the certificate shall last, where `notAfter` says so: a short one shows what a renewal is for."""
    if "notBefore" in wanted:
        raise Problem("malformed", "This authority's certificates begin at once.")
    if "notAfter" not in wanted:
        return None
    try:
        end = dt.datetime.fromisoformat(str(wanted["notAfter"]))
        lasts = end.timestamp() - time.time()
    except (ValueError, OverflowError) as error:
        raise Problem("malformed", "notAfter must be a time as in RFC 3339.") from error
    if end.tzinfo is None or not LEAST <= lasts <= LASTS:
        raise Problem(
            "malformed", "notAfter must lie between one minute and 90 days from now, and say its time zone."
        )
    return lasts


def _from_base64url(text: object) -> bytes:
    try:
        return base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4))
    except ValueError as error:
        raise Problem("badCSR", "csr must be base64url of a certificate request (DER).") from error
