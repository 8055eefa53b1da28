"""Tokens: made, listed and revoked, by a page under Set-up and by calls. A token's text is told once, to who makes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from inspector.store.tokens import LONGEST_NAME, MOST, Token, Tokens, TooManyTokens
from inspector.web.api.describing import says
from inspector.web.api.scopes import SCOPES
from inspector.web.errors import Refusal, not_found
from inspector.web.settings import WebSettings
from inspector.web.veil import presenting

DAY = 86_400.0
MOST_DAYS = 3_660
LASTING = ((1, "a day"), (7, "a week"), (30, "30 days"), (365, "a year"), (0, "until it is revoked"))
_FRESH = 20


class Wish(msgspec.Struct):
    """`days`: how long it counts; 0 until it is revoked."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    scopes: Annotated[list[str], Meta(min_length=1, max_length=len(SCOPES), description=", ".join(SCOPES))]
    days: Annotated[int, Meta(ge=0, le=MOST_DAYS)] = 30


class Told(TypedDict):
    """A token, without what makes it one. `expires` null: never; `used` null: not yet."""

    id: str
    name: str
    scopes: list[str]
    made: float
    expires: float | None
    used: float | None


class All(TypedDict):
    tokens: list[Told]


class New(Told):
    """`token` is what is sent with each call. It is told only now."""

    token: str


def made(tokens: Tokens, name: str, scopes: Iterable[str], days: int) -> tuple[Token, str]:
    """A new token. Raises Refusal."""
    name = " ".join(name.split())
    unknown = sorted(set(scopes) - set(SCOPES))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal(400, "Not made", "A token has a name, by which you know it again.", f"At most {LONGEST_NAME} characters.")  # fmt: skip
    if unknown or not set(scopes):
        said = f"There is no scope {unknown[0][:40]!r}." if unknown else "The token could do nothing."
        raise Refusal(400, "Not made", said, f"Scopes are: {', '.join(SCOPES)}.")
    try:
        return tokens.make(name, [scope for scope in SCOPES if scope in set(scopes)], days * DAY)
    except TooManyTokens:
        raise Refusal(409, "Too many tokens", f"There are {MOST} tokens, and no room for more.", "Revoke some.") from None  # fmt: skip


def told(token: Token) -> dict[str, Any]:
    return token._asdict() | {
        "scopes": list(token.scopes), "expires": token.expires or None, "used": token.used or None
    }  # fmt: skip


def blueprint(tokens: Tokens, settings: WebSettings) -> Blueprint:
    pages = Blueprint("tokens", __name__)
    fresh: dict[str, str] = {}  # texts that were not shown yet, by id

    def page(**more: Any) -> str:
        shown = {"new": None, "text": "", "mistake": None, "name": "", "ticked": ("read",)} | more
        return render_template(
            "setup/tokens.html", tokens=tokens.all(), scopes=SCOPES, lasting=LASTING, settings=settings, longest=LONGEST_NAME, **shown
        )  # fmt: skip

    @pages.get("/set-up/tokens")
    def show() -> str:
        id = request.args.get("made", "")
        text = "" if presenting() else fresh.pop(id, "")
        return page(new=next((each for each in tokens.all() if each.id == id), None), text=text)

    @pages.post("/set-up/tokens")
    def change() -> AnyResponse | tuple[str, int]:
        form = request.form
        if "revoke" in form:
            tokens.revoke(form["revoke"])
            return redirect(url_for("tokens.show"), 303)
        if presenting():
            raise Refusal(409, "Not in the presenter's view", "A token's text would be shown here.", "Leave the presenter's view (P), then make it.")  # fmt: skip
        days = min(max(form.get("days", 30, type=int), 0), MOST_DAYS)
        name, ticked = form.get("name", ""), form.getlist("scope")
        try:
            token, text = made(tokens, name, ticked, days)
        except Refusal as mistake:
            return page(mistake=mistake, name=name, ticked=ticked), mistake.status
        while len(fresh) >= _FRESH:
            del fresh[next(iter(fresh))]
        fresh[token.id] = text
        return redirect(url_for("tokens.show", made=token.id), 303)

    @pages.get("/api/v1/tokens")
    @says("All tokens", tag="Tokens", scope="admin", gives=All)
    def listed() -> Response:
        return jsonify(tokens=[told(each) for each in tokens.all()])

    @pages.post("/api/v1/tokens")
    @says("Make a token", tag="Tokens", scope="admin", takes=Wish, gives=New, status=201, fails=(409,),
          detail="Its text is told in this answer, and never again.", example={"name": "nightly", "scopes": ["read"], "days": 30})  # fmt: skip
    def make(body: Wish) -> tuple[Response, int]:
        token, text = made(tokens, body.name, body.scopes, body.days)
        return jsonify(told(token) | {"token": text}), 201

    @pages.delete("/api/v1/tokens/<id>")
    @says("Revoke a token", tag="Tokens", scope="admin", gives=All, fails=(404,), detail="From the next call on it counts no more.",
          path={"id": {"type": "string", "description": "The token's id from the list, not its text."}})  # fmt: skip
    def revoke(id: str) -> Response:
        if not tokens.revoke(id):
            raise not_found("There is no token with this id.")
        return jsonify(tokens=[told(each) for each in tokens.all()])

    return pages
