"""What a well-formed head means: where the message ends, whom it is for, what happens to the connection.

Here is where requests are smuggled, so a head that could be read in two ways is a problem, however likely
one of them is.
"""

from __future__ import annotations

from inspector.wire.fields import parse_fields
from inspector.wire.grammar import ABSOLUTE, PLAIN_ABSOLUTE, PLAIN_HOST, TAB_CODING, TOKEN
from inspector.wire.hosts import split_authority
from inspector.wire.http1_messages import RequestHead, ResponseHead
from inspector.wire.http1_passing import END_TO_END, HOP_BY_HOP
from inspector.wire.rules import Problem

LARGEST_LENGTH = 2**63 - 1

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_TELLING = HOP_BY_HOP | _FRAMING | {b"host", b"expect"}
_WITH_HOST = frozenset({b"http", b"https", b"ws", b"wss"})
_COMMON_OPTIONS = {
    b"keep-alive": (b"keep-alive",),
    b"Keep-Alive": (b"keep-alive",),
    b"close": (b"close",),
}
_STAYS = (b"keep-alive",)
_PLAIN_OPTIONS = frozenset({b"close", b"keep-alive", b"upgrade"})


def understand_request(head: RequestHead) -> Problem | None:
    """Fills in what the fields say; or the first problem. (One loop with its branches inside: this is the hot path.)"""
    problem: Problem | None = None
    hosts = 0
    host = None
    hop: list[bytes] = []
    for name, value in head.fields:
        if name not in _TELLING:
            continue
        if name == b"host":
            hosts += 1
            host = value
        elif name in HOP_BY_HOP:
            _hop_by_hop(head, hop, name, value)
        elif name == b"expect":
            # "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that" (9110 §10.1.1)
            head.expects_continue = head.minor == 1 and value.lower() == b"100-continue"
        else:
            problem = problem or _framing(head, name, value)
    if hosts == 1:
        head.host = head.authority = host  # type: ignore[assignment] # hosts counts what was assigned
    elif hosts:
        return _at(head.raw, "host-repeated", b"host", 1)
    elif head.minor and head.method != b"CONNECT":
        # A CONNECT names its target in its first line and goes no further than here; sslyze and others send it without Host.
        return Problem("host-missing", len(head.raw) - 2)
    if problem is not None:
        return problem
    if host and head.target[0] == 47 and head.method != b"CONNECT" and PLAIN_HOST.fullmatch(host):
        head.path = head.target
    elif (problem := _whom_for(head)) is not None:
        return problem
    if hop or not head.minor:
        _connection(head, hop, persistent=head.form != "absolute")
    return None


def understand_response(head: ResponseHead) -> Problem | None:
    """Fills in what the fields say; or the first problem."""
    problem: Problem | None = None
    hop: list[bytes] = []
    for name, value in head.fields:
        if name not in _TELLING:
            continue
        if name in HOP_BY_HOP:
            _hop_by_hop(head, hop, name, value)
        elif name in _FRAMING:
            problem = problem or _framing(head, name, value)
            # "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx
            # (Informational) or 204 (No Content)" (RFC 9110 §8.6); many do, with a 0, and mean no harm.
            if head.status < 200 or head.status == 204:
                hop.append(name)
                head.notes += (f"no-content:{name.decode('ascii')}",)
    if problem is None and (hop or not head.minor):
        _connection(head, hop, persistent=True)
    return problem


def _hop_by_hop(head: RequestHead | ResponseHead, hop: list[bytes], name: bytes, value: bytes) -> None:
    if name == b"connection":
        head.options += _COMMON_OPTIONS.get(value) or _options(value)
    elif name == b"te" and value.lower() == b"trailers":
        return
    elif name == b"upgrade" and head.minor:
        # "A server MUST ignore an Upgrade header field that is received in an HTTP/1.0 request" (RFC 9110 §7.8)
        head.upgrade = head.upgrade + b", " + value if head.upgrade else value
    if name not in hop:
        hop.append(name)


def _connection(head: RequestHead | ResponseHead, hop: list[bytes], *, persistent: bool) -> None:
    """What Connection says: whether it stays, what it becomes, which other fields end here.

    RFC 9112 §9.3: HTTP/1.0 stays only if it says so, and never (`persistent`) where we are its proxy.
    """
    options = head.options
    if head.minor and (not options or options == _STAYS):  # nearly always
        head.upgrade = b""
        head.hop = tuple(hop)
        return
    if b"close" in options:
        head.keep_alive = False
    elif not head.minor:
        head.keep_alive = persistent and b"keep-alive" in options
    if b"upgrade" not in options:
        head.upgrade = b""
    for option in options:
        if option in _PLAIN_OPTIONS or option in END_TO_END or option in hop:
            continue
        if any(name == option for name, _ in head.fields):
            hop.append(option)
    head.hop = tuple(hop)


def _options(value: bytes) -> tuple[bytes, ...]:
    return tuple(option for item in value.lower().split(b",") if (option := item.strip(b" \t")))


def _framing(head: RequestHead | ResponseHead, name: bytes, value: bytes) -> Problem | None:
    if name == b"content-length":
        return _length(head, value)
    if head.length is not None:
        return _at(head.raw, "length-with-coding", name, 0)
    if head.chunked:
        return _at(head.raw, "coding-repeated", name, 1)
    if not head.minor:
        return _at(head.raw, "coding-old-version", name, 0)
    if value.lower() != b"chunked":
        return _at(head.raw, _wrong_coding(value.lower()), name, 0, value=True)
    head.chunked = True
    return _tab_beside_coding(head.raw) if b"\t" in head.raw else None


def _length(head: RequestHead | ResponseHead, value: bytes) -> Problem | None:
    name = b"content-length"
    if head.chunked:
        return _at(head.raw, "length-with-coding", name, 0)
    if head.length is not None:
        return _at(head.raw, "length-repeated", name, 1)
    if not value.isdigit():
        return _at(head.raw, "length-repeated" if b"," in value else "length-invalid", name, 0, value=True)
    if len(value) > 19 and len(value.lstrip(b"0")) > 19:
        return _at(head.raw, "length-too-large", name, 0, value=True)
    head.length = int(value)
    return _at(head.raw, "length-too-large", name, 0, value=True) if head.length > LARGEST_LENGTH else None


def _tab_beside_coding(raw: bytes) -> Problem | None:
    """The grammar allows a tab around the word, some servers overlook the word then, and only attackers write one."""
    match = TAB_CODING.search(raw)
    return Problem("coding-invalid", match.start(1), "a tab beside the word") if match else None


def _wrong_coding(value: bytes) -> str:
    codings = [coding.strip(b" \t") for coding in value.split(b",")]
    if codings.count(b"chunked") > 1:
        return "coding-repeated"
    tokens = all(TOKEN.fullmatch(coding) for coding in codings)
    return "coding-unknown" if tokens else "coding-invalid"


def _whom_for(head: RequestHead) -> Problem | None:
    """RFC 9112 §3.2: a target is a path, an absolute URI, an authority (CONNECT) or `*` (OPTIONS)."""
    if head.target[0] == 47 and head.method != b"CONNECT":
        head.path = head.target
        if head.host == b"":
            return _at(head.raw, "host-invalid", b"host", 0, value=True)
    else:
        problem = _other_form(head)
        if problem is not None:
            return problem
    host = head.host
    if host and PLAIN_HOST.fullmatch(host) is None and split_authority(host) is None:
        return _at(head.raw, "userinfo" if b"@" in host else "host-invalid", b"host", 0, value=True)
    return None


def _other_form(head: RequestHead) -> Problem | None:
    target, offset = head.target, len(head.method) + 1
    if head.method == b"CONNECT":
        return _tunnel(head, offset)
    match = PLAIN_ABSOLUTE.fullmatch(target)
    if match is not None:
        head.form, head.scheme = "absolute", b"http"
        head.authority, head.path = match.groups()
        return None
    if target == b"*":
        head.form, head.path = "asterisk", target
        return None if head.method == b"OPTIONS" else Problem("target-form", offset, "*")
    match = ABSOLUTE.fullmatch(target)
    if match is None:
        return Problem("target-form", offset, _show(target))
    head.form = "absolute"
    head.scheme = match[1].lower()
    return _absolute(head, match[2], match[3], offset + len(match[1]) + 3)


def _tunnel(head: RequestHead, offset: int) -> Problem | None:
    head.form = "authority"
    head.authority = head.target
    where = split_authority(head.target)
    if where is None or not where.port:
        return _no_host("connect-target", offset, head.target)
    # "A CONNECT request message does not have content" (RFC 9110 §9.3.6)
    if head.chunked:
        return _at(head.raw, "connect-body", b"transfer-encoding", 0)
    return _at(head.raw, "connect-body", b"content-length", 0) if head.length else None


def _absolute(head: RequestHead, authority: bytes | None, path: bytes, offset: int) -> Problem | None:
    head.authority, head.path = authority or b"", path
    if not authority:
        return Problem("target-form", offset, "no host") if head.scheme in _WITH_HOST else None
    if PLAIN_HOST.fullmatch(authority) is None and split_authority(authority) is None:
        return _no_host("host-invalid", offset, authority)
    if not path and head.method == b"OPTIONS":
        head.path = b"*"  # RFC 9112 §3.2.4: the last proxy on the way asks for `*` where the URI has no path
    elif path[:1] != b"/":
        head.path = b"/" + path
    return None


def _no_host(code: str, offset: int, value: bytes) -> Problem:
    """A password may stand before an @, so that is not repeated."""
    return Problem("userinfo", offset) if b"@" in value else Problem(code, offset, _show(value))


def _at(raw: bytes, code: str, name: bytes, nth: int, *, value: bool = False) -> Problem:
    """The problem with the `nth` field of that name: where its line begins, or its value."""
    same = [field for field in parse_fields(raw) if field.name.lower() == name]
    field = same[min(nth, len(same) - 1)]
    offset = field.offset
    if value:
        offset = raw.index(field.value, raw.index(b":", offset) + 1)
    return Problem(code, offset, "" if code == "userinfo" else _show(field.value))


def _show(value: bytes) -> str:
    text = value[:80].decode("latin-1") or "(empty)"
    return text + "…" if len(value) > 80 else text
