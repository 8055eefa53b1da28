"""One exchange in one sentence, from what its bytes say and no more."""

from __future__ import annotations

from inspector.exchange.faults import say
from inspector.exchange.held import waits
from inspector.exchange.model import Exchange
from inspector.web.finding import message_of
from inspector.web.present.content import field
from inspector.web.words import plural, size, took

_BROWSERS = ("Chrome", "Firefox", "Safari", "Edge", "Opera")
_MADE = {"page": "a page", "data": "data", "style": "a style sheet", "script": "a script", "image": "a picture",
         "font": "a font", "media": "sound or film", "socket": "a stream"}  # fmt: skip


def asker(exchange: Exchange) -> str:
    """Who sent the request, as far as it says so itself."""
    name = exchange.agent.partition(" ")[0]
    if exchange.origin == "composer":
        return "The composer"
    if not name:
        return "A program that doesn't say its name"
    return f"Your browser ({exchange.agent})" if name in _BROWSERS else exchange.agent


def sentence(exchange: Exchange) -> str:
    """The exchange told in a sentence; a failed one by what went wrong."""
    if exchange.fault:
        detail = exchange.error.detail if exchange.error and exchange.error.detail else "no more is known"
        return say(exchange.fault, host=exchange.host, port=exchange.port, detail=detail)
    if exchange.kind in ("tunnel", "tls"):
        return _tunnel(exchange)
    if exchange.kind == "websocket" and exchange.status == 101:
        return f"{asker(exchange)} opened a WebSocket to {exchange.host}; {_stayed_open(exchange)}."
    return f"{asker(exchange)} {_asked(exchange)}{_answered(exchange)}"


def _tunnel(exchange: Exchange) -> str:
    there = size(exchange.request_size)
    back = size(exchange.response_size)
    so_far = "So far " if exchange.state == "open" else ""
    did = (
        "left it encrypted and did not look inside"
        if exchange.protection == "sealed"
        else "passed its bytes on as they came"
    )
    asked = f"{asker(exchange)} asked for a tunnel to {exchange.host}, port {exchange.port}"
    reasons = (each.detail for each in exchange.decisions if each.code == "left-encrypted")
    why = next((f": {reason}" for reason in reasons), ".")
    return f"{asked}; Inspector {did}{why} {so_far}{there} went there and {back} came back."


def _stayed_open(exchange: Exchange) -> str:
    if exchange.state == "open" or exchange.duration is None:
        return "it is still open"
    return f"it was closed after {took(exchange.duration)}"


def _asked(exchange: Exchange) -> str:
    host = "Inspector itself" if exchange.kind == "page" else exchange.host
    sent = size(exchange.request_size)
    match exchange.method:
        case "GET":
            made = "" if exchange.kind == "page" else _MADE.get(exchange.resource)
            return f"asked {host} for {made or _shortened(exchange.path)}"
        case "HEAD":
            return f"asked {host} for the head of an answer only"
        case "OPTIONS":
            return f"asked {host} what it allows"
        case "POST" | "PUT" | "PATCH" if exchange.request_size:
            what = f"a form of {sent}" if _is_form(exchange) else sent
            return f"sent {what} to {host}"
        case _:
            return f"sent {exchange.method} to {host}"


def _is_form(exchange: Exchange) -> bool:
    message = message_of(exchange, "browser", "request")
    kind = field(message, b"content-type").partition(";")[0].strip().lower() if message else ""
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")


def _shortened(path: str) -> str:
    return path if len(path) <= 60 else path[:59] + "…"


def _answered(exchange: Exchange) -> str:
    if not exchange.status:
        return "; no answer came yet." if exchange.state == "open" else "; no answer came."
    parts = []
    response = message_of(exchange, "browser", "response")
    cookies = sum(f.name.lower() == b"set-cookie" for f in response.fields) if response else 0
    if cookies:
        parts.append(f"set {plural(cookies, 'cookie')}")
    target = field(response, b"location") if response else ""
    if target and 300 <= exchange.status < 400:
        parts.append(f"sent it on to {target[:120]}")
    elif exchange.status == 304:
        parts.append("said that the stored copy is still good")
    elif exchange.response_size:
        parts.append(f"sent {size(exchange.response_size)}")
    when = f" in {took(exchange.duration)}{_held(exchange)}" if exchange.duration is not None else ""
    verb = "is answering" if exchange.state == "open" else "answered"
    who = _who_answered(exchange)
    told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
    return f"; {who} {verb}{when}{' and ' + told if len(parts) == 1 else ', ' + told if told else ''}."


def _held(exchange: Exchange) -> str:
    """So that nobody blames the site for it."""
    held = sum(each.end - each.start for each in waits(exchange.decisions))
    return f" ({took(held)} of that it waited for you at a breakpoint)" if held else ""


def _who_answered(exchange: Exchange) -> str:
    codes = {decision.code for decision in exchange.decisions}
    if exchange.kind == "page" or "answered" not in codes:
        return "it"
    if "hook-answered" in codes:
        return "in its place a hook of yours"
    return "in its place a rule of yours" if "ruled" in codes else "in its place Inspector"
