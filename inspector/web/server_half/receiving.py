"""Where apps tell their half: reports of the extension, spans by OpenTelemetry, and the wish to be told the numbers of exchanges.

Programs come here, and no browser does: they show the token of HOME/run/bridge.json, come from this computer, and send nothing that a browser would add by itself
(`Origin`, Fetch Metadata). So no page can post here, even one that had learned the token. What comes is read by types, capped, and kept only for exchanges that this
Inspector gave the number of, for which the extension brings the proof along.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
import time
import zlib
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec
from flask import Blueprint, Response, jsonify, request

from inspector.bridge.whereabouts import proof_of
from inspector.exchange import ids
from inspector.exchange.report import Report
from inspector.store.reports import Reports
from inspector.store.settings import Settings
from inspector.web.api.describing import says
from inspector.web.errors import Refusal
from inspector.web.server_half.otlp import spans_in

LARGEST = 1 << 20
LARGEST_TRACES = 4 << 20
LARGEST_UNPACKED = 16 << 20
LOCAL = ("127.0.0.1", "localhost", "[::1]")
_MOST_PLACES = 500
_AGAIN = 86_400.0  # a place that has asked is noted anew once a day
_FORGET = 30 * 86_400.0
_BROWSERS = ("Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Cookie")


class Posted(msgspec.Struct, frozen=True):
    """One report with the exchange it is about, and the proof that this Inspector gave that number away."""

    exchange: str
    proof: str
    report: Report


class Asked(msgspec.Struct, frozen=True):
    """An app that asks for the field, and where it listens: `localhost:5000`."""

    app: str = ""
    places: tuple[str, ...] = ()


class Desk:
    """Takes what apps tell, for one home. Without token and key nobody is let in."""

    def __init__(self, reports: Reports, settings: Settings, token: str, key: bytes) -> None:
        self._reports = reports
        self._settings = settings
        self._token = token
        self._key = key

    def admit(self, token: str) -> None:
        """Whether whoever asks is a program of this computer that may."""
        if any(name in request.headers for name in _BROWSERS):
            _refuse("This address is for programs, not for web pages.")
        if not _from_here(request.remote_addr or ""):
            _refuse("Reports are taken from this computer only.")
        if not self._token or not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Refusal(401, "Not known", "The token is missing, or is not this Inspector's.", "It is in HOME/run/bridge.json.")  # fmt: skip

    def report(self, posted: Posted) -> bool:
        """Keep a report, if it is about an exchange of ours that isn't forgotten; whether it was."""
        id = ids.parse(posted.exchange)
        proof = proof_of(posted.exchange, self._key)
        if id is None or not self._key or not hmac.compare_digest(posted.proof.encode(), proof.encode()):
            _refuse("The report is about no exchange of this Inspector's.")
        if int.from_bytes(id[:6], "big") <= int(self._settings.read().get("forget") or 0):
            return False
        return self._reports.put(id, posted.report)

    def spans(self, data: bytes, *, is_json: bool) -> None:
        """Keep spans, and have those servers that they are about begin their traces with the exchange."""
        told = spans_in(data, is_json=is_json)
        self._reports.put_spans((each.trace, each.kept) for each in told)
        ports = sorted({each.port for each in told if each.port})
        self.note("traced", [f"{host}:{port}" for port in ports for host in LOCAL])

    def note(self, setting: str, places: list[str]) -> None:
        """Put places on the list that engines look at; writes only what is new."""
        known: dict[str, float] = self._settings.read().get(setting) or {}
        now = time.time()
        fresh = [place for place in places if now - known.get(place, 0.0) > _AGAIN]
        if not fresh:
            return
        kept = {place: at for place, at in known.items() if now - at < _FORGET} | dict.fromkeys(fresh, now)
        newest = sorted(kept.items(), key=lambda item: item[1])[-_MOST_PLACES:]
        self._settings.set(setting, dict(newest))


def blueprint(desk: Desk) -> Blueprint:
    doors = Blueprint("receiving", __name__)

    @doors.post("/api/v1/reports")
    @says(
        "Tell what an app did for an exchange",
        tag="Apps",
        scope="any",
        takes=Posted,
        status=204,
        machines=True,
    )
    def reports() -> tuple[str, int]:
        desk.admit(_bearer())
        desk.report(_decoded(Posted))
        return "", 204

    @doors.post("/api/v1/apps")
    @says("Tell where an app listens", tag="Apps", scope="any", takes=Asked, status=204, machines=True)
    def apps() -> tuple[str, int]:
        desk.admit(_bearer())
        asked = _decoded(Asked)
        desk.note("apps", [place.lower() for place in asked.places[:64] if _is_here(place)])
        return "", 204

    @doors.post("/v1/traces")
    def traces() -> Response:
        return take(_bearer() or request.headers.get("X-Inspector-Token", ""))

    @doors.post("/otlp/<token>/v1/traces")
    def traces_by_path(token: str) -> Response:
        return take(token)

    def take(token: str) -> Response:
        desk.admit(token)
        request.max_content_length = LARGEST_TRACES
        is_json = request.mimetype == "application/json"
        if not is_json and request.mimetype != "application/x-protobuf":
            raise Refusal(
                415, "Not understood", "Traces are taken as application/x-protobuf or application/json."
            )
        try:
            desk.spans(_unpacked(request.get_data()), is_json=is_json)
        except (ValueError, zlib.error) as error:
            raise Refusal(400, "Not understood", f"This is no OTLP request: {error}.") from error
        return jsonify({}) if is_json else Response(b"", mimetype="application/x-protobuf")

    return doors


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _decoded(kind: Any) -> Any:
    if request.mimetype != "application/json":
        raise Refusal(415, "Not understood", "This address takes application/json.")
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refusal(400, "Not understood", f"The report is not as it should be: {error}.") from error


def _unpacked(data: bytes) -> bytes:
    """The body without its content coding; only gzip is ever used, and a small one may not become a huge one."""
    if request.headers.get("Content-Encoding", "").lower() not in ("gzip", "x-gzip"):
        return data
    unpack = zlib.decompressobj(wbits=31)
    plain = unpack.decompress(data, LARGEST_UNPACKED)
    if unpack.unconsumed_tail:
        raise ValueError("it unpacks to more than is taken")
    return plain


def _from_here(address: str) -> bool:
    """Whether the peer is this computer: a loopback address."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_here(place: str, resolve: Callable[..., Any] = socket.getaddrinfo) -> bool:
    """Whether a place is on this computer, so that no field goes to anybody else: by its name, or by what the name stands for."""
    host, _, port = place.lower().rpartition(":")
    name = host.strip("[]")
    if not name or not port.isascii() or not port.isdigit() or len(place) > 255:
        return False
    if name == "localhost" or name.endswith((".localhost", ".test")):
        return True
    try:
        found = {each[4][0] for each in resolve(name, int(port), type=socket.SOCK_STREAM)}
        return bool(found) and all(ipaddress.ip_address(each).is_loopback for each in found)
    except (OSError, ValueError, UnicodeError):
        return False


def _refuse(why: str) -> NoReturn:
    raise Refusal(403, "Refused", why)
