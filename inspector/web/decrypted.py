"""What is decrypted, and what is left encrypted: the list that the dashboard keeps, which engines obey within a moment."""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec
from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from inspector.store.settings import Settings
from inspector.web.api.describing import says
from inspector.web.errors import Refusal
from inspector.web.navigation import back_to
from inspector.web.settings import WebSettings
from inspector.wire.patterns import Hosts, Pattern, parse_list, parse_pattern

NAME = "left_encrypted"
MOST = 1000
_LONGEST = 4096


class LeftEncrypted:
    """The hosts that were chosen on the dashboard to be left encrypted, in the order in which they were chosen."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def hosts(self) -> tuple[str, ...]:
        chosen = self._settings.read().get(NAME)
        return tuple(each for each in chosen if isinstance(each, str)) if isinstance(chosen, list) else ()

    def covers(self, host: str) -> bool:
        """Whether a host falls under one of them."""
        return bool(Hosts(_readable(self.hosts())).find(host.lower())) if host else False

    def add(self, text: str) -> None:
        """Leave these hosts encrypted (as `wire.patterns` reads them, commas between) from now on. ValueError with a sentence."""
        wanted = [each.text for each in parse_list(text[:_LONGEST])]
        if not wanted:
            raise ValueError("Write a host, as in example.com.")
        hosts = tuple(dict.fromkeys((*self.hosts(), *wanted)))
        if len(hosts) > MOST:
            raise ValueError(
                f"The list holds {MOST:,} hosts at most. Take some out, or write one entry for many: *.example.com."
            )
        self._settings.set(NAME, list(hosts))

    def remove(self, host: str) -> None:
        """Decrypt it again."""
        self._settings.set(NAME, [each for each in self.hosts() if each != host])


def blueprint(left: LeftEncrypted, settings: WebSettings) -> Blueprint:
    decrypted = Blueprint("decrypted", __name__)

    @decrypted.get("/set-up/decrypted")
    def show() -> str:
        return render_template("setup/decrypted.html", **_facts(left, settings))

    @decrypted.post("/set-up/decrypted")
    def change() -> Response:
        asked = request.form
        try:
            if asked.get("remove"):
                left.remove(asked["remove"])
            else:
                left.add(asked.get("host", ""))
        except ValueError as error:
            raise Refusal(
                400, "That is no host", str(error), "Go back and write the name alone, as in example.com."
            ) from error
        return redirect(back_to(asked.get("next") or "/set-up/decrypted"), 303)

    @decrypted.get("/api/v1/left-encrypted")
    @says("The hosts that are left encrypted", tag="Inspector", scope="read", gives=Left)
    def listed() -> Response:
        return jsonify(hosts=left.hosts(), only=settings.only, passthrough=settings.passthrough)

    @decrypted.post("/api/v1/left-encrypted")
    @says("Leave a host encrypted, or decrypt it again", tag="Inspector", scope="settings", takes=Host, gives=Left,
          example={"host": "example.com", "left": True})  # fmt: skip
    def changed(body: Host) -> Response:
        try:
            if body.left:
                left.add(body.host)
            else:
                left.remove(body.host)
        except ValueError as error:
            raise Refusal(400, "Not understood", str(error)) from error
        return listed()

    return decrypted


class Host(msgspec.Struct):
    host: str
    left: bool


class Left(TypedDict):
    """`hosts` were chosen here; `only` and `passthrough` are options of `inspector run`."""

    hosts: list[str]
    only: list[str]
    passthrough: list[str]


def _facts(left: LeftEncrypted, settings: WebSettings) -> dict[str, Any]:
    return {"left": left.hosts(), "only": settings.only, "passthrough": settings.passthrough}


def _readable(hosts: tuple[str, ...]) -> list[Pattern]:
    found = []
    for host in hosts:
        try:
            found.append(parse_pattern(host))
        except ValueError:
            continue
    return found
