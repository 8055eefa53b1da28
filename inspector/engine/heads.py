"""Heads on their way through: where a request wants to go, and what of each head the other side gets.

What every proxy must change is changed here and noted as a decision (RFC 9110 §7.6, RFC 9112 §3.2); the rest
goes on byte for byte.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from inspector.engine.flow import Flow
from inspector.engine.marking import NAME, take_mark
from inspector.engine.targets import (
    DEFAULT_PORTS,
    Authority,
    Origin,
    TargetError,
    authority,
    host_field,
    path_text,
)
from inspector.exchange.model import Fault
from inspector.wire.http1 import RequestHead, ResponseHead, pass_on

if TYPE_CHECKING:
    from inspector.engine.client import Listener
    from inspector.engine.context import Context

OWN_COOKIE = b"inspector-session-"
_OWN = re.compile(rb"(inspector-session-[^=;\s]*=?)([^;\s]*)")
_SECURE = frozenset({"https", "wss"})
_KEEP_UPGRADE = (b"connection", b"upgrade")
_NOTHING: tuple[bytes, ...] = ()


class Way(NamedTuple):
    """Where requests go: the scheme as seen by the browser, the origin to connect to, whether Inspector answers itself.

    `rewrite` says that Host has to name the origin (reverse mode), whatever the browser wrote. `mirrored` says which fault the browser was
    shown on this connection, empty: none.
    """

    scheme: str
    origin: Origin
    own: bool = False
    rewrite: bool = False
    mirrored: str = ""


class WayError(Exception):
    """There is no way for this request; `fault` says why, `extra` are fields of the answer."""

    def __init__(self, fault: Fault, extra: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.extra = extra


_CHALLENGE = (("Proxy-Authenticate", 'Basic realm="Inspector", charset="UTF-8"'),)
_ways: dict[tuple[bytes, bytes], tuple[str, Authority, Origin]] = {}


def find_way(flow: Flow, head: RequestHead, tunnel: Way | None, listener: Listener, context: Context) -> Way:
    """Where this request goes; writes scheme, host, port and path into the flow. Raises WayError."""
    flow.path = path_text(head.path) if head.path else ""
    if OWN_COOKIE in head.raw:
        strip_own_cookie(flow, head)
    if NAME in head.raw:
        take_mark(flow, head, context.sender)
    try:
        if tunnel is not None:
            return _inside(flow, head, tunnel)
        if listener.reverse and flow.mark is None:
            return _reverse(flow, head, listener.reverse)
        if head.method == b"CONNECT":
            _check_credentials(flow, head, listener, context)
            target = authority(head.authority, 0)
            flow.host, flow.port, flow.path = target.host, target.port, ""
            return Way("", Origin(False, target.host, target.port, target.host))
        if head.form == "absolute":
            way = _absolute(flow, head, context)
            if not way.own:
                _check_credentials(flow, head, listener, context)
            return way
        return _at_the_door(flow, head)
    except TargetError as error:
        raise WayError(Fault("refused-target", "client", "refused", None, str(error))) from error


def _inside(flow: Flow, head: RequestHead, tunnel: Way) -> Way:
    if head.method == b"CONNECT":
        raise TargetError("CONNECT has no meaning between requests for a site")
    named = authority(head.authority, DEFAULT_PORTS[tunnel.scheme]) if head.authority else None
    flow.scheme, flow.port = tunnel.scheme, tunnel.origin.port
    if tunnel.mirrored:
        flow.decide("fault-mirrored", tunnel.mirrored)
    flow.host = tunnel.origin.name if named is None else named.host
    return tunnel


def _absolute(flow: Flow, head: RequestHead, context: Context) -> Way:
    found = _ways.get((head.scheme, head.authority))
    if found is None:
        scheme = head.scheme.decode("latin-1")
        if scheme not in DEFAULT_PORTS:
            raise TargetError(f"the scheme is {scheme!r}")
        where = authority(head.authority, DEFAULT_PORTS[scheme])
        found = (scheme, where, Origin(scheme in _SECURE, where.host, where.port, where.host))
        if len(_ways) > 4096:
            _ways.clear()
        _ways[head.scheme, head.authority] = found
    flow.scheme, where, origin = found
    flow.host, flow.port = where.host, where.port
    if flow.mark is not None and "unverified" in flow.mark.words:
        flow.decide("unverified", "for this request")
        origin = origin._replace(unverified=True)
    return Way(flow.scheme, origin, own=where.port in (80, 443) and context.is_own(where.host))


def _reverse(flow: Flow, head: RequestHead, target: str) -> Way:
    """Reverse mode: everything is for one site, whatever the request calls it; nobody gets through to another one."""
    if head.method == b"CONNECT":
        raise TargetError("this door leads to one site only")
    scheme, _, rest = target.partition("://")
    where = authority(rest.rstrip("/").encode("latin-1"), DEFAULT_PORTS[scheme])
    flow.scheme, flow.host, flow.port = scheme, where.host, where.port
    return Way(scheme, Origin(scheme in _SECURE, where.host, where.port, where.host), rewrite=True)


def _at_the_door(flow: Flow, head: RequestHead) -> Way:
    """A request for a path, not through a tunnel: it is for Inspector itself."""
    if head.host:
        door = authority(head.host, DEFAULT_PORTS["http"])
        flow.host, flow.port = door.host, door.port
    return Way("http", Origin(False, "", 0, ""), own=True)


def _check_credentials(flow: Flow, head: RequestHead, listener: Listener, context: Context) -> None:
    if not listener.wants_credentials or flow.mark is not None:
        return
    given = [value for name, value in head.fields if name == b"proxy-authorization"]
    if len(given) != 1 or not context.guard.admits(given[0]):
        if head.authority:
            flow.host = head.authority.decode("latin-1")
        raise WayError(Fault("refused-credentials", "client", "refused"), _CHALLENGE)
    flow.decide("credentials-removed")


def strip_own_cookie(flow: Flow, head: RequestHead) -> None:
    """Take the dashboard's cookie out of a request before anything is kept or sent (cookies know no ports)."""
    lines = []
    gone = False
    for line in head.clean.split(b"\r\n"):
        if OWN_COOKIE not in line or line[:7].lower() != b"cookie:":
            lines.append(line)
            continue
        pairs = [pair.strip() for pair in line[7:].split(b";")]
        kept = [pair for pair in pairs if not pair.startswith(OWN_COOKIE)]
        if len(kept) == len(pairs):
            lines.append(line)
            continue
        gone = True
        if kept:
            lines.append(b"Cookie: " + b"; ".join(kept))
    if not gone:
        return
    flow.decide("cookie-stripped")
    head.raw = head.clean = flow.client_request = b"\r\n".join(lines)
    head.fields = [
        (name, _without_own(value) if name == b"cookie" else value)
        for name, value in head.fields
        if name != b"cookie" or _without_own(value)
    ]


def without_own_cookie(raw: bytes) -> bytes:
    """Bytes that are no valid head, to be kept: the value of the dashboard's cookie blotted out, so that offsets stay right."""
    return _OWN.sub(lambda found: found[1] + b"x" * len(found[2]), raw) if OWN_COOKIE in raw else raw


def _without_own(value: bytes) -> bytes:
    return b"; ".join(
        pair for pair in (part.strip() for part in value.split(b";")) if not pair.startswith(OWN_COOKIE)
    )


def request_head(flow: Flow, head: RequestHead, way: Way, context: Context) -> bytes:
    """The request head as the site gets it."""
    keep = _upgrade(head)
    replaced: dict[bytes, bytes] | None = None
    wanted = _host_wanted(flow, head, way)
    if wanted is not None and wanted != head.host:
        replaced = {b"host": wanted}
        if head.host is not None:
            flow.decide("host-replaced", head.host.decode("latin-1"))
    if head.form == "absolute":
        flow.decide("origin-form")
    as_came = flow.mark is not None  # what the dashboard sends says which version the site is to hear
    if not head.minor and not as_came:
        flow.decide("version", "HTTP/1.0")
    if head.hop and not keep:
        flow.decide("hop-by-hop", names(head.hop))
    path, extra = head.path, b""
    plain_proxy = None if way.origin.secure else context.dialer.proxy_for(way.origin)
    if plain_proxy is not None:
        path = (
            b"http://"
            + host_field("http", way.origin.host, way.origin.port)
            + (b"" if path == b"*" else path)
        )
        extra = plain_proxy.credentials
    if head.method in (b"OPTIONS", b"TRACE"):
        replaced = _count_down(head, replaced)
    if context.settings.via:
        extra += b"Via: 1.%d inspector\r\n" % head.minor
    drop = _NOTHING
    if context.reporting.any and context.ledger.capturing:
        lines, drop = context.reporting.fields(flow, head, way.origin)
        extra += lines
    fields = pass_on(head, drop=drop, keep=keep, set=replaced, extra=extra)
    minor = head.minor if as_came else 1
    return b"%b %b HTTP/1.%d\r\n%b" % (head.method, path, minor, fields)


def at_the_site(data: bytes, way: Way, context: Context) -> bytes:
    """A request's head as it will arrive at the site, where an upstream proxy gets it with the whole address and a log-in of its own."""
    proxy = None if way.origin.secure else context.dialer.proxy_for(way.origin)
    if proxy is None:
        return data
    before = b" http://" + host_field("http", way.origin.host, way.origin.port)
    method, _, rest = data.partition(before)
    path = b" *" if rest[:1] == b" " else b" "
    return (method + path + rest).replace(b"\r\n" + proxy.credentials, b"\r\n", 1)


def on_the_way(data: bytes, way: Way, context: Context) -> bytes:
    """The same the other way round: a head for the site as the next hop gets it."""
    proxy = None if way.origin.secure else context.dialer.proxy_for(way.origin)
    if proxy is None:
        return data
    method, _, rest = data.partition(b" ")
    path = rest[1:] if rest[:2] == b"* " else rest
    whole = b"%b http://%b%b" % (method, host_field("http", way.origin.host, way.origin.port), path)
    return whole[:-2] + proxy.credentials + b"\r\n"


def _upgrade(head: RequestHead) -> tuple[bytes, ...]:
    # h2c by Upgrade is the way round a proxy's checks (and was withdrawn by RFC 9113); WebSocket and others may pass
    if head.upgrade and not any(item.strip().lower() == b"h2c" for item in head.upgrade.split(b",")):
        return _KEEP_UPGRADE
    head.upgrade = b""
    return _NOTHING


def _host_wanted(flow: Flow, head: RequestHead, way: Way) -> bytes | None:
    """RFC 9112 §3.2.2: a proxy that gets absolute-form "MUST ignore the received Host header field (if any)"."""
    if flow.mark is not None and head.host is not None:
        return None  # the dashboard may say another name than it connects to
    if way.rewrite:
        return host_field(way.scheme, way.origin.host, way.origin.port)
    if head.form == "absolute":
        return head.authority if head.authority != head.host else None
    if head.host is None:
        return host_field(way.scheme, flow.host, flow.port)
    return None


def _count_down(head: RequestHead, replaced: dict[bytes, bytes] | None) -> dict[bytes, bytes] | None:
    """RFC 9110 §7.6.2: Max-Forwards is one less for the next one (zero never gets here, see `answers`)."""
    for name, value in head.fields:
        if name == b"max-forwards" and value.isdigit() and len(value) < 10:
            return {**(replaced or {}), b"max-forwards": b"%d" % max(0, int(value) - 1)}
    return replaced


def response_head(flow: Flow, head: ResponseHead, *, keep: bool, dechunk: bool) -> bytes:
    """The response head as the browser gets it."""
    request = flow.head
    assert request is not None
    if head.hop:
        flow.decide("hop-by-hop", names(head.hop))
    for note in head.notes:
        code, _, name = note.partition(":")
        flow.decide(code, name)
    extra, drop = b"", _NOTHING
    if dechunk:
        drop = (b"transfer-encoding", b"trailer")
        flow.decide("dechunked")
    if not keep:
        extra = b"Connection: close\r\n"
        flow.decide("connection-close")
    elif not request.minor:
        extra = b"Connection: keep-alive\r\n"
    if head.minor:
        line = head.clean[: head.fields_at]
    else:
        flow.decide("version", "HTTP/1.0")
        line = b"HTTP/1.1 %d %b\r\n" % (head.status, head.reason)
    return line + pass_on(head, drop=drop, extra=extra)


@lru_cache(maxsize=1024)
def names(hop: tuple[bytes, ...]) -> str:
    """Field names for a decision's sentence, each once, as they are usually written."""
    return ", ".join(dict.fromkeys(name.decode("latin-1").title() for name in hop))
