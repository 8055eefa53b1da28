"""The heads of HTTP/1 messages, strictly: what comes out of here may be passed on.

One regular expression judges the whole head and a second one cuts it into fields, which costs microseconds;
only when the first says no does `http1_diagnosis` look for the byte that is to blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from inspector.wire.fields import parse_fields
from inspector.wire.grammar import ABSOLUTE, PAIR, REQUEST, RESPONSE, SPACED_NAME, TOKEN
from inspector.wire.hosts import split_authority
from inspector.wire.http1_diagnosis import early_problem, request_problem, response_problem
from inspector.wire.limits import DEFAULT_LIMITS, Limits
from inspector.wire.rules import Problem

Fields = list[tuple[bytes, bytes]]

LARGEST_LENGTH = 2**63 - 1

# RFC 9110 §7.6.1 and RFC 9112 C.2.2: what belongs to one connection. Transfer-Encoding is not here: the body is
# passed on with its framing. TE goes with the rest unless it says `trailers`.
HOP_BY_HOP = frozenset({
    b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"proxy-authenticate",
    b"proxy-authentication-info", b"te", b"upgrade", b"http2-settings",
})  # fmt: skip

# "A sender MUST NOT send a connection option corresponding to a field that is intended for all recipients of the
# content" (RFC 9110 §7.6.1). Obeying such an option would let a client cut out what a site's safety rests on.
END_TO_END = frozenset({
    b"host", b"content-length", b"transfer-encoding", b"trailer", b"content-type", b"content-encoding",
    b"content-range", b"content-location", b"content-disposition", b"cookie", b"set-cookie", b"authorization",
    b"www-authenticate", b"cache-control", b"date", b"expires", b"age", b"vary", b"etag", b"last-modified",
    b"location", b"origin", b"referer", b"range", b"expect", b"via", b"forwarded", b"x-forwarded-for",
    b"x-forwarded-host", b"x-forwarded-proto", b"content-security-policy", b"strict-transport-security",
    b"x-frame-options", b"x-content-type-options", b"access-control-allow-origin",
    b"access-control-allow-credentials",
})  # fmt: skip

_TELLING = HOP_BY_HOP | {b"host", b"content-length", b"transfer-encoding", b"expect"}
_NAMED_SCHEMES = frozenset({b"http", b"https", b"ws", b"wss"})


class RequestHead(msgspec.Struct, gc=False):
    """A valid request head. `raw` is all of it with its empty line; `fields` have lower-case names.

    `target` is as it came; `scheme`, `authority` and `path` say what it means: `scheme` is empty unless the
    target has one, `path` is what an origin server is asked for. `consumed` counts from `start`, skipped empty
    lines included. `hop` names the fields present that end here; `options` are Connection's tokens, lower case.
    """

    raw: bytes
    method: bytes
    target: bytes
    form: str
    minor: int
    fields: Fields
    host: bytes | None = None
    length: int | None = None
    chunked: bool = False
    keep_alive: bool = True
    upgrade: bytes = b""
    expects_continue: bool = False
    hop: tuple[bytes, ...] = ()
    options: tuple[bytes, ...] = ()
    scheme: bytes = b""
    authority: bytes = b""
    path: bytes = b""
    consumed: int = 0
    clean: bytes = b""
    fields_at: int = 0


class ResponseHead(msgspec.Struct, gc=False):
    """A valid response head. `notes` say what was mended in `clean`, the head as it may be passed on; `raw` is as it came."""

    raw: bytes
    minor: int
    status: int
    reason: bytes
    fields: Fields
    length: int | None = None
    chunked: bool = False
    keep_alive: bool = True
    upgrade: bytes = b""
    hop: tuple[bytes, ...] = ()
    options: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()
    consumed: int = 0
    clean: bytes = b""
    fields_at: int = 0


def parse_request(
    buffer: bytes, limits: Limits = DEFAULT_LIMITS, start: int = 0, seen: int = 0
) -> RequestHead | Problem | None:
    """The request head that begins at `start`; None while it is not all there.

    `seen` says up to where an earlier call has looked in vain, so that a slow sender costs nothing twice.
    """
    return _request_from(buffer, limits, start, start, seen)


def _request_from(
    buffer: bytes, limits: Limits, start: int, first: int, seen: int
) -> RequestHead | Problem | None:
    end = buffer.find(b"\r\n\r\n", first if seen < first + 3 else seen - 3)
    if end < 0 or end == first:
        return _without_end(buffer, limits, start, first, seen)
    end += 4
    raw = buffer[first:end]
    match = REQUEST.fullmatch(raw)
    if match is None or end - first > limits.head:
        if buffer.startswith(b"\r\n", first) and first - start < 2 * limits.empty_lines:
            return _request_from(buffer, limits, start, first + 2, seen)
        return request_problem(buffer, limits, start, first, end)
    method, target, minor, _ = match.groups()
    at = match.start(4)
    if at > limits.line:
        return Problem("target-too-long", first - start + limits.line, f"{at} bytes")
    pairs = PAIR.findall(raw, at)
    if len(pairs) > limits.fields:
        return Problem("too-many-fields", first - start, f"{len(pairs)} fields")
    fields = [(name.lower(), value) for name, value in pairs]
    if b" \r\n" in raw or b"\t\r\n" in raw:
        fields = [(name, value.rstrip(b" \t")) for name, value in fields]
    head = RequestHead(raw, method, target, "origin", 1 if minor == b"1" else 0, fields)
    head.consumed = end - start
    head.clean = raw
    head.fields_at = at
    problem = _understand_request(head)
    if problem is None:
        return head
    return problem._replace(offset=problem.offset + first - start)


def _without_end(
    buffer: bytes, limits: Limits, start: int, first: int, seen: int
) -> RequestHead | Problem | None:
    """No end of a head in sight: empty lines to skip, a fault that shows already, or simply more to come."""
    if buffer.startswith(b"\r\n", first) and first - start < 2 * limits.empty_lines:
        return _request_from(buffer, limits, start, first + 2, seen)
    return early_problem(buffer, limits, start, first, request=True)


def _understand_request(head: RequestHead) -> Problem | None:
    problem = None
    hosts = 0
    for name, value in [field for field in head.fields if field[0] in _TELLING]:
        if name == b"host":
            hosts += 1
            head.host = head.authority = value
        elif name == b"expect":
            # "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that" (9110 §10.1.1)
            head.expects_continue = head.minor == 1 and value.lower() == b"100-continue"
        elif name == b"connection":
            head.options += _options(value)
        elif name == b"content-length" or name == b"transfer-encoding":
            problem = problem or _framing(head, name, value)
    if hosts > 1:
        return _at(head.raw, "host-repeated", b"host", 1)
    if head.host is None and head.minor:
        return Problem("host-missing", len(head.raw) - 2)
    if problem is not None:
        return problem
    target = head.target
    if target[0] == 47 and head.method != b"CONNECT":
        head.path = target
        if not head.host and head.host is not None:
            return _at(head.raw, "host-invalid", b"host", 0, value=True)
    else:
        problem = _other_form(head)
        if problem is not None:
            return problem
    if head.host and split_authority(head.host) is None:
        code = "userinfo" if b"@" in head.host else "host-invalid"
        return _at(head.raw, code, b"host", 0, value=True)
    _connection(head)
    return None


def _other_form(head: RequestHead) -> Problem | None:
    """RFC 9112 §3.2: a target that is not a path is an authority (CONNECT), `*` (OPTIONS), or an absolute URI."""
    target, offset = head.target, len(head.method) + 1
    if head.method == b"CONNECT":
        head.form = "authority"
        where = split_authority(target)
        if where is None or not where.port:
            code = "userinfo" if b"@" in target else "connect-target"
            return Problem(code, offset, _show(target))
        if head.chunked or head.length:
            return _at(
                head.raw, "connect-body", b"transfer-encoding" if head.chunked else b"content-length", 0
            )
        head.authority = target
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


def _absolute(head: RequestHead, authority: bytes | None, path: bytes, offset: int) -> Problem | None:
    if not authority:
        head.authority = b""
        head.path = path
        return Problem("target-form", offset - 2, "no host") if head.scheme in _NAMED_SCHEMES else None
    if b"@" in authority:
        return Problem("userinfo", offset)
    if split_authority(authority) is None:
        return Problem("host-invalid", offset, _show(authority))
    head.authority = authority
    head.path = path if path[:1] == b"/" else b"/" + path
    if not path and head.method == b"OPTIONS":
        head.path = (
            b"*"  # RFC 9112 §3.2.4: the last proxy on the way asks for `*` when the URI has an empty path
        )
    return None


def parse_response(
    buffer: bytes, limits: Limits = DEFAULT_LIMITS, start: int = 0, seen: int = 0
) -> ResponseHead | Problem | None:
    """The response head that begins at `start`; None while it is not all there. `seen` as in `parse_request`."""
    end = buffer.find(b"\r\n\r\n", start if seen < start + 3 else seen - 3)
    if end < 0:
        return early_problem(buffer, limits, start, start, request=False)
    end += 4
    raw = clean = buffer[start:end]
    match = RESPONSE.fullmatch(raw)
    notes: tuple[str, ...] = ()
    if match is None and end - start <= limits.head:
        clean, notes = _mend(raw)
        match = RESPONSE.fullmatch(clean)
    if match is None or end - start > limits.head:
        return response_problem(buffer, limits, start, start, end)
    minor, status, reason, _ = match.groups()
    at = match.start(4)
    if at > limits.line:
        return Problem("start-line-too-long", limits.line, f"{at} bytes")
    pairs = PAIR.findall(clean, at)
    if len(pairs) > limits.fields:
        return Problem("too-many-fields", 0, f"{len(pairs)} fields")
    fields = [(name.lower(), value) for name, value in pairs]
    if b" \r\n" in clean or b"\t\r\n" in clean:
        fields = [(name, value.rstrip(b" \t")) for name, value in fields]
    head = ResponseHead(raw, 1 if minor == b"1" else 0, int(status), reason or b"", fields)
    head.notes = notes
    head.consumed = end - start
    head.clean = clean
    head.fields_at = at
    return _understand_response(head) or head


def _mend(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """RFC 9112 §5.1: "A proxy MUST remove any such whitespace from a response message before forwarding"."""
    names = SPACED_NAME.findall(raw)
    if not names:
        return raw, ()
    notes = tuple(f"space-before-colon:{name.decode('ascii')}" for name in names)
    return SPACED_NAME.sub(rb"\1:", raw), notes


def _understand_response(head: ResponseHead) -> Problem | None:
    problem = None
    for name, value in [field for field in head.fields if field[0] in _TELLING]:
        if name == b"connection":
            head.options += _options(value)
        elif name == b"content-length" or name == b"transfer-encoding":
            problem = problem or _framing(head, name, value)
    if problem is None:
        _connection(head)
    return problem


def _framing(head: RequestHead | ResponseHead, name: bytes, value: bytes) -> Problem | None:
    """Content-Length and Transfer-Encoding: two opinions on where a message ends are how requests get smuggled."""
    if name == b"content-length":
        if head.chunked:
            return _at(head.raw, "length-with-coding", name, 0)
        if head.length is not None:
            return _at(head.raw, "length-repeated", name, 1)
        if not value.isdigit():
            code = "length-repeated" if b"," in value else "length-invalid"
            return _at(head.raw, code, name, 0, value=True)
        if len(value) > 19 and len(value.lstrip(b"0")) > 19:
            return _at(head.raw, "length-too-large", name, 0, value=True)
        head.length = int(value)
        return (
            _at(head.raw, "length-too-large", name, 0, value=True) if head.length > LARGEST_LENGTH else None
        )
    if head.length is not None:
        return _at(head.raw, "length-with-coding", name, 0)
    if head.chunked:
        return _at(head.raw, "coding-repeated", name, 1)
    if not head.minor:
        return _at(head.raw, "coding-old-version", name, 0)
    if value.lower() != b"chunked":
        codings = [coding.strip(b" \t") for coding in value.lower().split(b",")]
        known = all(coding == b"chunked" for coding in codings) or TOKEN.fullmatch(codings[-1]) is None
        code = (
            "coding-repeated"
            if codings.count(b"chunked") > 1
            else "coding-invalid"
            if known
            else "coding-unknown"
        )
        return _at(head.raw, code, name, 0, value=True)
    head.chunked = True
    return None


def _connection(head: RequestHead | ResponseHead) -> None:
    """What Connection says about this connection: whether it stays, what it becomes, which fields end here."""
    options = head.options
    head.keep_alive = b"close" not in options if head.minor else b"keep-alive" in options
    hop = [
        name
        for name, value in head.fields
        if name in HOP_BY_HOP and not (name == b"te" and value.lower() == b"trailers")
    ]
    for option in options:
        if (
            option not in END_TO_END
            and option not in HOP_BY_HOP
            and any(name == option for name, _ in head.fields)
        ):
            hop.append(option)
    # "A server MUST ignore an Upgrade header field that is received in an HTTP/1.0 request" (RFC 9110 §7.8)
    if b"upgrade" in options and head.minor:
        head.upgrade = b", ".join(value for name, value in head.fields if name == b"upgrade")
    head.hop = tuple(hop)


def _options(value: bytes) -> tuple[bytes, ...]:
    if b"," not in value:
        return (value.lower(),) if value else ()
    return tuple(option for item in value.lower().split(b",") if (option := item.strip(b" \t")))


def _at(raw: bytes, code: str, name: bytes, nth: int, *, value: bool = False) -> Problem:
    """The problem with the `nth` field of that name, where its line begins, or its value."""
    same = [field for field in parse_fields(raw) if field.name.lower() == name]
    field = same[min(nth, len(same) - 1)]
    offset = field.offset
    if value:
        offset = raw.index(field.value, raw.index(b":", offset) + 1)
    return Problem(code, offset, _show(field.value))


def _show(value: bytes) -> str:
    text = value[:80].decode("latin-1")
    return text + "…" if len(value) > 80 else text


def pass_on(
    head: RequestHead | ResponseHead,
    *,
    drop: Iterable[bytes] = (),
    set: Mapping[bytes, bytes] | None = None,
    keep: Iterable[bytes] = (),
    extra: bytes = b"",
) -> bytes:
    """The field block for the next hop, with its empty line: the rest keeps its order, case and spacing to the byte.

    `drop` names more fields to leave out, `keep` hop-by-hop ones to leave in (`connection` and `upgrade` for a
    WebSocket), `set` gives fields another value in their old place (a missing Host comes first, others last),
    `extra` is appended lines with their CRLF. Names are lower case.
    """
    gone = {*head.hop, *drop}
    gone.difference_update(keep)
    block = head.clean[head.fields_at : -2]
    if not gone and not set:
        return block + extra + b"\r\n" if extra else head.clean[head.fields_at :]
    lines = block.split(b"\r\n")
    if set:
        kept = _replaced(lines, head.fields, gone, dict(set))
    else:
        kept = [line for line, field in zip(lines, head.fields, strict=False) if field[0] not in gone]
    kept.append(extra)
    return b"\r\n".join(kept) + b"\r\n"


def _replaced(
    lines: list[bytes], fields: Fields, gone: Iterable[bytes], values: dict[bytes, bytes]
) -> list[bytes]:
    kept: list[bytes] = []
    done: list[bytes] = []
    for line, (name, _) in zip(lines, fields, strict=False):
        if name in done:
            continue
        if name in values:
            done.append(name)
            kept.append(line[: len(name)] + b": " + values.pop(name))
        elif name not in gone:
            kept.append(line)
    host = values.pop(b"host", None)
    if host is not None:
        kept.insert(0, b"Host: " + host)
    kept.extend(name.title() + b": " + value for name, value in values.items())
    return kept
