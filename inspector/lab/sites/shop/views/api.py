"""The API: the same shop for programs. Addresses are things, methods are what is done to them, bodies are JSON.

    GET     /api/wishes        read all            POST    /api/wishes        create one: 201, and where it is
    GET     /api/wishes/w1     read one            PUT     /api/wishes/w1     replace it (or make it under this name)
    PATCH   /api/wishes/w1     change a part       DELETE  /api/wishes/w1     delete it: 204, no body
    GET     /api/products, /api/products/tide      GET     /api/me            401 unless logged in

There is no token against forged requests here. What changes something must be `application/json`, which a form of another site cannot send, and
which a script of another site may only send after asking (a preflight, to which this shop does not say yes).
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ..model import KINDS, SORTS, Wish
from .forms import customer
from .wishes import MOST

blueprint = Blueprint("api", __name__)
_FIELDS: dict[str, tuple[type, int]] = {"title": (str, 80), "note": (str, 300), "votes": (int, 1_000_000)}


@blueprint.get("/api")
def about() -> str:
    return render_template("api.html")


@blueprint.get("/api/products")
def products() -> Response:
    kind, sort = request.args.get("kind", ""), request.args.get("sort", "name")
    if kind not in {"", *KINDS} or sort not in SORTS:
        abort(400, "`kind` is pot, mug or tea, `sort` is name or price.")
    found = g.shop.products(kind, request.args.get("q", "")[:60], sort)
    return jsonify([_product(each) for each in found])


@blueprint.get("/api/products/<slug>")
def product(slug: str) -> ResponseReturnValue:
    found = g.shop.product(slug)
    if found is None:
        abort(404, "There is no such product.")
    response = jsonify(_product(found) | {"reviews": [asdict(each) for each in found.reviews]})
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/api/me")
def me() -> Response:
    who = customer()
    if who is None:
        abort(401, "Nobody is logged in.")
    response = jsonify({"email": who.email, "name": who.name, "address": who.address})
    response.cache_control.no_store = True
    return response


@blueprint.get("/api/wishes")
def wishes() -> Response:
    return jsonify([_wish(each) for each in g.shop.wishes()])


@blueprint.post("/api/wishes")
def create() -> ResponseReturnValue:
    if len(g.shop.wishes()) >= MOST:
        abort(409, "The list is full. Delete something first.")
    wish = Wish(f"w{secrets.token_hex(3)}", **_said(needed={"title"}))
    g.shop.save_wish(wish)
    return jsonify(_wish(wish)), 201, {"Location": url_for("api.read", id=wish.id)}


@blueprint.get("/api/wishes/<id>")
def read(id: str) -> Response:
    return jsonify(_wish(_find(id)))


@blueprint.put("/api/wishes/<id>")
def put(id: str) -> ResponseReturnValue:
    """Replace all of it. Sent twice, it comes to the same as sent once; that is what idempotent means."""
    if len(id) > 20 or not id.isalnum():
        abort(400, "A wish's name is up to 20 letters and digits.")
    there = g.shop.wish(id) is not None
    if not there and len(g.shop.wishes()) >= MOST:
        abort(409, "The list is full. Delete something first.")
    wish = Wish(id, **_said(needed={"title"}))
    g.shop.save_wish(wish)
    return jsonify(_wish(wish)), 200 if there else 201


@blueprint.patch("/api/wishes/<id>")
def patch(id: str) -> Response:
    wish = replace(_find(id), **_said())
    g.shop.save_wish(wish)
    return jsonify(_wish(wish))


@blueprint.delete("/api/wishes/<id>")
def delete(id: str) -> ResponseReturnValue:
    _only_json_or_own_pages()
    if not g.shop.drop_wish(id):
        abort(404, "There is no such wish.")
    return "", 204


@blueprint.errorhandler(HTTPException)
def said_in_json(error: HTTPException) -> ResponseReturnValue:
    """A program reads no page: what went wrong is told as JSON too, after RFC 9457."""
    if request.endpoint == "api.about":
        return error
    problem = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    response = jsonify(problem)
    response.mimetype = "application/problem+json"
    response.status_code = error.code or 500
    return response


def _find(id: str) -> Wish:
    found: Wish | None = g.shop.wish(id)
    if found is None:
        abort(404, "There is no such wish.")
    return found


def _said(needed: set[str] | None = None) -> dict[str, Any]:
    """What the body says, looked at field by field: 415 if it is no JSON, 400 if it is broken, 422 if it makes no sense."""
    if not request.is_json:
        abort(415, "Send JSON, and say so: Content-Type: application/json")
    said: Any = request.get_json()
    if not isinstance(said, dict):
        abort(422, "Send an object: {…}")
    for name in (needed or set()) - said.keys():
        abort(422, f"`{name}` is missing.")
    for name, value in said.items():
        if name not in _FIELDS:
            abort(422, f"There is no field `{name}` here.")
        kind, most = _FIELDS[name]
        if not _fits(value, kind, most):
            abort(422, f"`{name}` must be of type {kind.__name__}, and no more than {most}.")
    return said


def _fits(value: Any, kind: type, most: int) -> bool:
    size = len(value) if isinstance(value, str) else value
    return type(value) is kind and abs(size) <= most


def _only_json_or_own_pages() -> None:
    """DELETE has no body, so no type to look at; browsers ask before they send it to another site, and say where it comes from."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403, "This came from a page of another site.")


def _wish(wish: Wish) -> dict[str, Any]:
    return asdict(wish) | {"url": url_for("api.read", id=wish.id)}


def _product(product: Any) -> dict[str, Any]:
    fields = asdict(product) | {"url": url_for("api.product", slug=product.slug)}
    del fields["reviews"]
    return fields
