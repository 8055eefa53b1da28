"""HAR files as browsers and other tools write them, each with what is its own: modelled on real ones, of made-up sites."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(40))).decode()
GET = {
    "cookies": [],
    "queryString": [],
    "headersSize": -1,
    "bodySize": 0,
    "httpVersion": "HTTP/1.1",
    "headers": [{"name": "Host", "value": "shop.test"}],
}
TIMES = {"blocked": 1.2, "dns": -1, "ssl": -1, "connect": -1, "send": 0.1, "wait": 20.5, "receive": 3.25}


def entry(**other: Any) -> dict[str, Any]:
    """An entry with as little as is valid."""
    asked = {"method": "GET", "url": "https://shop.test/", **GET}
    answered = {
        "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [{"name": "Content-Type", "value": "text/html"}],
        "content": {"size": 2, "mimeType": "text/html", "text": "hi"}, "redirectURL": "", "headersSize": -1, "bodySize": 2,
    }  # fmt: skip
    made: dict[str, Any] = {
        "startedDateTime": "2026-03-01T10:00:00.125Z", "time": 25.05, "request": asked, "response": answered, "cache": {}, "timings": dict(TIMES),
    }  # fmt: skip
    for name, value in other.items():
        made[name] = (
            {**made[name], **value} if isinstance(value, dict) and isinstance(made.get(name), dict) else value
        )
    return made


def log(*entries: dict[str, Any], creator: str = "WebInspector", **other: Any) -> dict[str, Any]:
    """A whole file."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": creator, "version": "537.36"},
            **other,
            "entries": list(entries),
        }
    }


def text(har: dict[str, Any]) -> bytes:
    """As browsers write it: indented, half of a surrogate pair as an escape."""
    written = json.dumps(har, indent=2, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", written).encode()


CHROME = log(
    entry(
        _connectionId="117", _initiator={"type": "parser", "url": "https://shop.test/", "lineNumber": 4}, _priority="High", _resourceType="stylesheet",
        connection="443", pageref="page_1", serverIPAddress="[2001:db8::7]",
        request={"httpVersion": "h2", "url": "https://shop.test/s.css?v=1%202", "queryString": [{"name": "v", "value": "1%202"}], "headers": [
            {"name": ":authority", "value": "shop.test"}, {"name": ":method", "value": "GET"}, {"name": ":path", "value": "/s.css?v=1%202"},
            {"name": "accept-encoding", "value": "gzip, deflate, br, zstd"}, {"name": "sec-fetch-dest", "value": "style"}]},
        response={"httpVersion": "h2", "statusText": "", "_transferSize": 312, "_error": None, "headers": [
            {"name": "content-encoding", "value": "br"}, {"name": "content-type", "value": "text/css"}, {"name": "set-cookie", "value": "a=1; Path=/\nb=2"}],
            "content": {"size": 24, "mimeType": "text/css", "compression": -6, "text": "h1 { color: rebeccapurple }"}},
        timings={"_blocked_queueing": 0.9, "_workerStart": -1, "ssl": 8, "connect": 20, "dns": 2}, time=54.05,
    ),
    entry(_resourceType="websocket", _webSocketMessages=[{"type": "send", "time": 1.5, "opcode": 1, "data": "hé"}], request={"url": "wss://shop.test/live"},
          response={"status": 101, "statusText": "Switching Protocols", "content": {"size": 0, "mimeType": "x-unknown"}}),
    entry(request={"url": "https://gone.test/"}, response={"status": 0, "statusText": "", "headers": [], "_error": "net::ERR_NAME_NOT_RESOLVED",
          "content": {"size": 0, "mimeType": "x-unknown"}}),
    entry(request={"method": "POST", "url": "https://shop.test/up", "bodySize": 9, "postData": {"mimeType": "application/x-www-form-urlencoded",
          "text": "a=1&b=%26", "params": [{"name": "a", "value": "1"}, {"name": "b", "value": "%26"}]}}, response={"content": {"size": 2, "mimeType": "text/plain", "text": "\ud83d"}}),
    pages=[{"startedDateTime": "2026-03-01T10:00:00.120Z", "id": "page_1", "title": "https://shop.test/", "pageTimings": {"onContentLoad": 80.5, "onLoad": None}}],
)  # fmt: skip
CHROME["log"]["pages"][0]["pageTimings"]["onLoad"] = 120.25
FIREFOX = log(
    entry(_securityState="secure", pageref="page_1", request={"bodySize": 0, "headersSize": 512}, response={"headers": [
          {"name": "content-type", "value": "text/html; charset=iso-8859-1"}], "content": {"mimeType": "text/html; charset=iso-8859-1", "size": 6, "text": "caf\u00e9 !"},
          "redirectURL": "", "headersSize": 300, "bodySize": 306}, serverIPAddress="192.0.2.7", connection="443"),
    creator="Firefox", browser={"name": "Firefox", "version": "144.0"},
    pages=[{"id": "page_1", "pageTimings": {"onContentLoad": 1, "onLoad": 2}, "startedDateTime": "2026-03-01T10:00:00.120+01:00", "title": "Shop"}],
)  # fmt: skip
SAFARI = log(
    entry(_fetchType="Memory Cache", _priority="high", request={"headersSize": 0}, response={"_transferSize": 0, "content": {"size": 44, "mimeType": "image/png", "compression": 0, "text": PNG, "encoding": "base64"}}),
    creator="WebKit Web Inspector",
)  # fmt: skip
MITMPROXY = log(
    entry(request={"method": "POST", "url": "http://shop.test/form", "bodySize": 3, "postData": {"mimeType": "application/octet-stream", "text": "abc", "params": []}},
          response={"headers": [{"name": "Content-Encoding", "value": "gzip"}], "content": {"size": 40, "compression": 400, "mimeType": "text/plain", "text": "x" * 40}}),
    creator="mitmproxy",
)  # fmt: skip
CHARLES = log(
    entry(startedDateTime="2026-03-01T11:00:00.000+02:00", serverIPAddress="192.0.2.9", comment="Charles says hello",
          request={"_charlesStatus": "COMPLETE", "headers": [{"name": "Host", "value": "shop.test"}, {"name": "Cookie", "value": "s=1"}], "cookies": [{"name": "s", "value": "1"}]},
          response={"_charlesStatus": "COMPLETE", "cookies": [{"name": "t", "value": "2", "path": "/", "domain": None, "expires": None, "httpOnly": False, "secure": True, "comment": None, "_maxAge": None}],
                    "content": {"size": 0, "mimeType": "", "text": "", "encoding": "base64"}}),
    creator="Charles Proxy",
)  # fmt: skip
del (
    CHARLES["log"]["entries"][0]["response"]["cookies"][0]["domain"],
    CHARLES["log"]["entries"][0]["response"]["cookies"][0]["comment"],
)
ALL = {"Chrome": CHROME, "Firefox": FIREFOX, "Safari": SAFARI, "mitmproxy": MITMPROXY, "Charles": CHARLES}
