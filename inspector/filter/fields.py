"""The table of fields: everything that can be asked of an exchange, with the moment at which it is known.

A field's name, or another name for it, stands before the colon. A family (`header.`) takes a second name after its dot.
What cannot be said here cannot be filtered; the docs (docs/filter.md) are drawn from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from inspector.exchange.mark import COLOURS
from inspector.filter.kinds import Choice, Host, Kind, Number, Offer, Path, Text, Version, When
from inspector.filter.moments import Moment

_HEAD, _SENT, _ANSWER, _CAME, _END = Moment


class Source(Enum):
    """Where a field's value stands, from cheap to dear."""

    ROW = "the row of the list"
    HEADS = "the record's heads"
    CONNECTION = "the connection to the site"
    BODIES = "the bodies"
    MARK = "what people added to it"


@dataclass(frozen=True, slots=True)
class Field:
    """One row. `noun` is what a sentence calls it (“whose … is”), `verbs` stand there instead where that reads badly.

    `column` is the value's name in a `Summary`, '' where it is made of several or stands elsewhere.
    """

    name: str
    kind: Kind
    moment: Moment
    source: Source
    noun: str
    help: str
    example: str
    column: str = ""
    also: tuple[str, ...] = ()
    verbs: tuple[str, str] | None = None

    @property
    def family(self) -> bool:
        """Whether a second name has to follow."""
        return self.name.endswith(".")


class Flag(NamedTuple):
    """A word for `is:`, as the end of “Exchanges …” and its opposite."""

    yes: str
    no: str
    moment: Moment


FLAGS: dict[str, Flag] = {
    "failed": Flag("that got no answer, or one of 400 and above", "that did not fail", _END),
    "broken": Flag(
        "in which something went wrong on the way", "in which nothing went wrong on the way", _END
    ),
    "open": Flag("that are still on their way", "that are over", _END),
    "changed": Flag("in which Inspector changed something", "in which Inspector changed nothing", _END),
    "decrypted": Flag("that were decrypted", "that were not decrypted", _HEAD),
    "encrypted": Flag("that were left encrypted", "that were not left encrypted", _HEAD),
    "readable": Flag(
        "that others could read on the network", "that others could not read on the network", _HEAD
    ),
    "websocket": Flag("that became a WebSocket", "that did not become a WebSocket", _ANSWER),
    "tunnel": Flag("that are tunnels", "that are no tunnels", _HEAD),
    "inspector": Flag("that Inspector answered itself", "that Inspector did not answer itself", _ANSWER),
}

_BYTES = {
    "": 1, "b": 1, "k": 1024, "kb": 1024, "kib": 1024, "m": 1024**2, "mb": 1024**2, "mib": 1024**2,
    "g": 1024**3, "gb": 1024**3, "gib": 1024**3,
}  # fmt: skip
_SECONDS = {"ms": 1e-3, "s": 1, "us": 1e-6, "µs": 1e-6, "m": 60, "min": 60, "h": 3600}
_METHODS = (
    Offer("GET", "fetches"), Offer("POST", "sends"), Offer("PUT", "replaces"), Offer("PATCH", "changes a part"),
    Offer("DELETE", "deletes"), Offer("HEAD", "fetches the head alone"), Offer("OPTIONS", "asks what may be done"),
    Offer("CONNECT", "opens a tunnel"),
)  # fmt: skip
_KINDS = (
    Offer("page", "pages and frames"), Offer("data", "JSON, XML, forms"), Offer("style", "style sheets"),
    Offer("script", "scripts"), Offer("image", "pictures"), Offer("font", "fonts"), Offer("media", "sound and films"),
    Offer("socket", "WebSockets and event streams"), Offer("tunnel", "connections passed through"), Offer("other"),
)  # fmt: skip
_TYPES = {
    "js": "javascript", "jpg": "jpeg", "form": "form-", "sse": "event-stream", "text": "text/", "image": "image/",
    "img": "image/", "video": "video/", "audio": "audio/", "font": "font",
}  # fmt: skip
_STATUSES = (
    Offer(">=400", "errors of the request and of the server"), Offer("2xx", "it worked"), Offer("3xx", "go elsewhere, or nothing new"),
    Offer("4xx", "the request was wrong"), Offer("5xx", "the server failed"), Offer("200", "OK"), Offer("301", "Moved Permanently"),
    Offer("304", "Not Modified"), Offer("401", "Unauthorized"), Offer("403", "Forbidden"), Offer("404", "Not Found"),
    Offer("500", "Internal Server Error"),
)  # fmt: skip
_STATUS_WORDS = {
    "ok": "200", "success": "2xx", "redirect": "3xx", "notfound": "404", "error": ">=400", "errors": ">=400",
    "failed": ">=400", "none": "0",
}  # fmt: skip
_TLS = (("1.0", ("TLSv1",)), ("1.1", ("TLSv1.1",)), ("1.2", ("TLSv1.2",)), ("1.3", ("TLSv1.3",)))
_HTTP = (("1.0", ("HTTP/1.0",)), ("1.1", ("HTTP/1.1",)), ("2", ("HTTP/2", "HTTP/2.0")), ("3", ("HTTP/3",)))
_SIZES = (Offer(">1mb"), Offer(">100kb"), Offer("0", "empty"), Offer("<1kb"))

FIELDS: tuple[Field, ...] = (
    # the address
    Field(
        "host", Host(), _HEAD, Source.ROW, "host",
        "The site's name, and all names below it. With = only this name; * stands for anything.",
        "host:shop.test", "host", ("site", "domain"),
    ),
    Field(
        "port", Number("A port is a number from 1 to 65535", {"": 1}, offers=(Offer("443"), Offer("80"), Offer("5000"))),
        _HEAD, Source.ROW, "port", "The port of the site.", "port:5000", "port",
    ),
    Field(
        "path", Path(Text("path:/static", slash=True)), _HEAD, Source.ROW, "path",
        "The path of the address. With a slash in front it is the beginning, else it may stand anywhere.", "path:/static",
    ),
    Field(
        "query", Text("query:item"), _HEAD, Source.ROW, "query", "What follows the question mark, as it stands in the address.",
        "query:item=17",
    ),
    Field(
        "query.", Text("query.item:17"), _HEAD, Source.ROW, "query parameter {name}",
        "The value of one parameter of the query, decoded.", "query.item:17", also=("param.",),
    ),
    Field("url", Text("url:shop"), _HEAD, Source.ROW, "address", "The whole address.", "url:shop.test/cart", also=("address",)),
    Field(
        "scheme",
        Choice("scheme", (Offer("https"), Offer("http"), Offer("wss", "WebSocket over TLS"), Offer("ws", "WebSocket in the clear"))),
        _HEAD, Source.ROW, "scheme", "What stands before ://.", "scheme:http", "scheme",
    ),
    # the request
    Field("method", Text("method:POST", exact=True, offers=_METHODS), _HEAD, Source.ROW, "method", "What is to be done.", "method:POST", "method"),
    Field(
        "version", Version("version:1.1", _HTTP, "http", tuple(Offer(name) for name, _ in _HTTP)), _HEAD, Source.ROW, "HTTP version",
        "The version of HTTP that the request was made in.", "version:1.1", "version", ("http",),
    ),
    Field(
        "header.", Text("header.set-cookie:*"), _ANSWER, Source.HEADS, "header field {name}",
        "A header field of the request or of the response. :* asks whether there is one.", "header.set-cookie:*", also=("h.",),
    ),
    Field(
        "request.header.", Text("request.header.accept:json"), _HEAD, Source.HEADS, "request header field {name}",
        "A header field of the request, as the browser sent it.", "request.header.accept:json", also=("req.header.",),
    ),
    Field(
        "response.header.", Text("response.header.server:nginx"), _ANSWER, Source.HEADS, "response header field {name}",
        "A header field of the response, as the site sent it.", "response.header.server:nginx", also=("resp.header.",),
    ),
    Field(
        "cookie.", Text("cookie.session:*"), _HEAD, Source.HEADS, "cookie {name}", "A cookie that the browser sent.", "cookie.session:*",
    ),
    Field(
        "set-cookie.", Text("set-cookie.session:*"), _ANSWER, Source.HEADS, "newly set cookie {name}",
        "A cookie that the site set.", "set-cookie.session:*",
    ),
    Field(
        "body", Text('body:"out of stock"', whole=False), _CAME, Source.BODIES, "body",
        "The text of a body, the request's or the response's, content codings undone.", 'body:"out of stock"',
    ),
    Field(
        "request.body", Text("request.body:password", whole=False), _SENT, Source.BODIES, "request body", "The text that was sent.",
        "request.body:quantity", also=("req.body",),
    ),
    Field(
        "response.body", Text("response.body:error", whole=False), _CAME, Source.BODIES, "response body", "The text that came back.",
        "response.body:error", also=("resp.body",),
    ),
    # the response
    Field(
        "status",
        Number(
            "A status is a number such as 404, a comparison such as >=400, or a class such as 4xx", {"": 1}, other=_STATUS_WORDS,
            hundreds=True, offers=_STATUSES,
        ),
        _ANSWER, Source.ROW, "status", "The number of the answer; 0 where there was none.", "status:>=400", "status", ("code",),
    ),
    Field("reason", Text("reason:found"), _ANSWER, Source.ROW, "status phrase", "The words after the status.", "reason:found", "reason"),
    Field(
        "type",
        Text(
            "type:json", other=_TYPES,
            offers=tuple(map(Offer, ("json", "html", "css", "javascript", "image", "svg", "xml", "text", "form", "pdf", "font", "video"))),
        ),
        _ANSWER, Source.ROW, "media type", "The media type of the response's body.", "type:json", "media", ("mime", "content-type"),
    ),
    Field("kind", Choice("kind", _KINDS), _ANSWER, Source.ROW, "kind", "What it was fetched as.", "kind:image", "resource"),
    Field(
        "size", Number("A size is a number of bytes, as in size:>1mb", _BYTES, offers=_SIZES), _CAME, Source.ROW, "response body",
        "How large the response's body is, as it was sent.", "size:>1mb", "response_size", ("response.size",),
    ),
    Field(
        "request.size", Number("A size is a number of bytes, as in request.size:>1kb", _BYTES, offers=_SIZES), _SENT, Source.ROW,
        "request body", "How large the request's body is.", "request.size:>1kb", "request_size",
    ),
    # time
    Field(
        "time",
        Number(
            "A time is a number with a unit, as in time:>500ms", _SECONDS, "ms", bare=False,
            offers=(Offer(">500ms"), Offer(">1s"), Offer(">10s"), Offer("<10ms")),
        ),
        _END, Source.ROW, "time", "How long it took from the first byte to the last.", "time:>500ms", "duration", ("duration", "took"),
        ("that took", "that did not take"),
    ),
    Field(
        "since", When(later=True, example="since:10m", offers=(Offer("10m", "the last ten minutes"), Offer("1h"), Offer("today"), Offer("yesterday"))),
        _HEAD, Source.ROW, "beginning", "When it began: then or later.", "since:10m", "started", ("after",),
    ),
    Field(
        "before", When(later=False, example="before:14:30", offers=(Offer("10m", "more than ten minutes ago"), Offer("1h"), Offer("today"))),
        _HEAD, Source.ROW, "beginning", "When it began: earlier than that.", "before:14:30", "started", ("until",),
    ),
    # who, and by which way
    Field("from", Text("from:curl"), _HEAD, Source.ROW, "sender", "The program that asked, by its own name for itself.", "from:curl", "agent", ("agent",)),
    Field("client", Text("client:127.0.0.1"), _HEAD, Source.ROW, "client address", "The address that it came from, with its port.", "client:127.0.0.1", "client"),
    Field("remote", Text("remote:192.0.2.7"), _ANSWER, Source.ROW, "site's address", "The network address of the site, with its port.", "remote:192.0.2.7", "remote", ("ip",)),
    Field(
        "origin",
        Choice(
            "origin",
            (Offer("browser", "a browser or another program"), Offer("composer", "made on the dashboard"), Offer("gateway", "a site opened here"),
             Offer("rule", "made by a rule"), Offer("import", "read from a file")),
        ),
        _HEAD, Source.ROW, "origin", "By which way it came into the list.", "origin:composer", "origin",
    ),
    # protection
    Field(
        "tls.version", Version("tls.version:1.2", _TLS, "tls", tuple(Offer(name) for name, _ in _TLS)), _ANSWER, Source.ROW,
        "TLS version", "The version of TLS between Inspector and the site.", "tls.version:1.2", "tls", ("tls",),
    ),
    Field("tls.cipher", Text("tls.cipher:aes"), _ANSWER, Source.CONNECTION, "TLS cipher", "The cipher suite between Inspector and the site.", "tls.cipher:chacha20"),
    Field("tls.alpn", Text("tls.alpn:h2"), _ANSWER, Source.CONNECTION, "TLS protocol (ALPN)", "The protocol that was agreed on inside TLS.", "tls.alpn:http/1.1"),
    Field("tls.sni", Text("tls.sni:shop.test"), _ANSWER, Source.CONNECTION, "TLS server name (SNI)", "The name that was asked for in the clear.", "tls.sni:shop.test"),
    # what came of it
    Field(
        "is", Choice("mark", tuple(Offer(name, f"Exchanges {flag.yes}") for name, flag in FLAGS.items()), {"sealed": "encrypted", "error": "failed"}),
        _END, Source.ROW, "mark", "A mark that an exchange has.", "is:failed",
    ),
    Field("fault", Text("fault:dns"), _END, Source.ROW, "fault", "The short name of what went wrong.", "fault:connect-refused", "fault"),
    Field("decision", Text("decision:answered"), _END, Source.HEADS, "decision", "The short name of something Inspector did.", "decision:hop-by-hop", also=("did",)),
    Field("rule", Text("rule:block"), _END, Source.HEADS, "rule", "The name of a rule that changed it.", "rule:*"),
    # what people added
    Field("pinned", Choice("answer", (Offer("yes"), Offer("no")), {"true": "yes", "false": "no", "*": "yes"}), _END, Source.MARK, "pin", "Whether you pinned it.", "pinned:yes"),
    Field("colour", Text("colour:red", exact=True, offers=tuple(map(Offer, COLOURS))), _END, Source.MARK, "colour", "The colour that you gave it.", "colour:red", also=("color",)),
    Field("tag", Text("tag:todo", exact=True), _END, Source.MARK, "tag", "A tag that you gave it: the whole word; * stands for anything.", "tag:todo"),
    Field("comment", Text("comment:ask"), _END, Source.MARK, "comment", "What you wrote about it.", "comment:ask", also=("note",)),
)  # fmt: skip

# What stands in a filter without a field.
ANYWHERE = Field(
    "", Text("stock", whole=False), _CAME, Source.BODIES, "text",
    "Words without a field are looked for in addresses, header fields and text bodies.", '"out of stock"',
)  # fmt: skip

_BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.also)}
NAMES = tuple(_BY_NAME)


def find(name: str) -> tuple[Field, str] | None:
    """The field of this name and, in a family, the second name; in any case of letters. None if there is none."""
    name = name.lower()
    field = _BY_NAME.get(name)
    if field is not None and not field.family:
        return field, ""
    for at in range(len(name) - 1, 0, -1):
        if name[at - 1] == "." and (field := _BY_NAME.get(name[:at])) is not None and field.family:
            return field, name[at:]
    return None
