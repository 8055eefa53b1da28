"""The addresses. What a program needs to know is where each of them is: the directory says it, and nothing else need be known beforehand."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for

from . import jws
from .book import Account, Authorization, Book, Order
from .orders import Orders
from .problems import Problem

protocol = Blueprint("protocol", __name__, url_prefix="/acme")
about = Blueprint("about", __name__)


def book() -> Book:
    return current_app.extensions["book"]  # type: ignore[no-any-return]  # create_app put it there


def orders() -> Orders:
    return current_app.extensions["orders"]  # type: ignore[no-any-return]  # the same


@about.get("/")
def home() -> str:
    shown = [(each, orders().state(each)) for each in book().newest(20)]
    return render_template("authority.html", orders=shown, when=_when)


@about.get("/directory")
def directory() -> Response:
    """RFC 8555 §7.1.1: all a program is told beforehand is this address."""
    response = jsonify(
        newNonce=_at("protocol.new_nonce"),
        newAccount=_at("protocol.new_account"),
        newOrder=_at("protocol.new_order"),
        meta={"website": _at("about.home"), "externalAccountRequired": False},
    )
    response.headers["Access-Control-Allow-Origin"] = "*"  # RFC 8555 §6.1
    return response


@protocol.after_request
def give_nonce(response: Response) -> Response:
    """Each answer brings the nonce for the next request (RFC 8555 §6.5), and says where the directory is (§7.1)."""
    if request.method != "GET" or request.endpoint == "protocol.new_nonce":
        response.headers["Replay-Nonce"] = book().nonce()
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Link", f'<{_at("about.directory")}>;rel="index"')
    return response


@protocol.route("/new-nonce", methods=["GET", "HEAD"])
def new_nonce() -> Response:
    return Response(status=204 if request.method == "GET" else 200)


@protocol.post("/new-account")
def new_account() -> Response:
    signed = jws.read(book())
    told = signed.payload or {}
    account, status = signed.account, 200
    if account is None:
        if told.get("onlyReturnExisting"):
            raise Problem("accountDoesNotExist", "There is no account with this key.")
        account, status = book().open_account(signed.key, _contact(told)), 201
    response = jsonify(_account(account))
    response.status_code = status
    response.headers["Location"] = _at("protocol.account", id=account.id)
    return response


@protocol.post("/account/<id>")
def account(id: str) -> Response:
    who, told = jws.of_account(book())
    if who.id != id:
        raise Problem("unauthorized", "That is somebody else's account.")
    if told and "contact" in told:
        who.contact = _contact(told)
    if told and told.get("status") == "deactivated":
        who.status = "deactivated"
    return jsonify(_account(who))


@protocol.post("/account/<id>/orders")
def orders_of(id: str) -> Response:
    who, _ = jws.of_account(book())
    if who.id != id:
        raise Problem("unauthorized", "That is somebody else's account.")
    own = [each for each in book().newest(100) if each.account == id]
    return jsonify(orders=[_at("protocol.order", id=each.id) for each in own])


@protocol.post("/new-order")
def new_order() -> Response:
    who, told = jws.of_account(book())
    placed = orders().place(who, told or {})
    response = jsonify(_order(placed))
    response.status_code = 201
    response.headers["Location"] = _at("protocol.order", id=placed.id)
    return response


@protocol.post("/order/<id>")
def order(id: str) -> Response:
    found, _ = _own_order(id)
    return _told_of(found)


@protocol.post("/order/<id>/finalize")
def finalize(id: str) -> Response:
    found, told = _own_order(id)
    orders().fill(found, (told or {}).get("csr", ""))
    return _told_of(found)


@protocol.post("/authorization/<id>")
def authorization(id: str) -> Response:
    found, _, told = _own_authorization(id)
    if told and told.get("status") == "deactivated":
        found.status = "deactivated"
    return jsonify(_authorization(found))


@protocol.post("/challenge/<id>")
def challenge(id: str) -> Response:
    found, who, told = _own_authorization(id)
    if told is not None:  # {} says "look now"; nothing at all only asks how it is
        orders().prove(found, who)
    response = jsonify(_challenge(found))
    response.headers.add("Link", f'<{_at("protocol.authorization", id=found.id)}>;rel="up"')
    return response


@protocol.post("/certificate/<id>")
def certificate(id: str) -> Response:
    found, _ = _own_order(id)
    if not found.certificate:
        raise Problem("notFound", "There is no certificate yet.")
    return Response(found.certificate, content_type="application/pem-certificate-chain")


# --- what things look like -------------------------------------------------------------------------------


def _own_order(id: str) -> tuple[Order, dict[str, Any] | None]:
    who, told = jws.of_account(book())
    found = book().orders.get(id)
    if found is None or found.account != who.id:
        raise Problem("notFound", "There is no such order of yours.")
    return found, told


def _own_authorization(id: str) -> tuple[Authorization, Account, dict[str, Any] | None]:
    who, told = jws.of_account(book())
    found = book().authorizations.get(id)
    if found is None or found.account != who.id:
        raise Problem("notFound", "There is no such authorization of yours.")
    return found, who, told


def _told_of(order: Order) -> Response:
    response = jsonify(_order(order))
    response.headers["Location"] = _at("protocol.order", id=order.id)
    return response


def _account(account: Account) -> dict[str, object]:
    return {
        "status": account.status,
        "contact": account.contact,
        "orders": _at("protocol.orders_of", id=account.id),
    }


def _order(order: Order) -> dict[str, object]:
    shown: dict[str, object] = {
        "status": orders().state(order),
        "expires": _when(order.expires),
        "identifiers": [{"type": "dns", "value": name} for name in order.names],
        "authorizations": [_at("protocol.authorization", id=each.id) for each in order.authorizations],
        "finalize": _at("protocol.finalize", id=order.id),
    }
    if order.certificate:
        shown["certificate"] = _at("protocol.certificate", id=order.id)
    if order.error:
        shown["error"] = order.error
    return shown


def _authorization(found: Authorization) -> dict[str, object]:
    expired = found.status == "pending" and found.expires < time.time()
    return {
        "status": "expired" if expired else found.status,
        "expires": _when(found.expires),
        "identifier": {"type": "dns", "value": found.name},
        "challenges": [_challenge(found)],
    }


def _challenge(found: Authorization) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": "http-01",
        "url": _at("protocol.challenge", id=found.id),
        "status": found.challenge,
        "token": found.token,
    }
    if found.validated:
        shown["validated"] = _when(found.validated)
    if found.error:
        shown["error"] = found.error
    return shown


def _contact(told: dict[str, Any]) -> list[str]:
    given = told.get("contact", [])
    if not isinstance(given, list) or len(given) > 10 or not all(isinstance(each, str) and each.isprintable() and len(each) <= 200 for each in given):  # fmt: skip
        raise Problem("malformed", "contact must be a list of at most ten addresses.")
    return given


def _at(endpoint: str, **values: str) -> str:
    return url_for(endpoint, _external=True, **values)


def _when(seconds: float) -> str:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).isoformat().replace("+00:00", "Z")
