"""What goes to the next hop: everything but what belongs to this connection, unchanged to the byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inspector.wire.grammar import NOT_TEXT, TOKEN
from inspector.wire.http1_messages import RequestHead, ResponseHead

# RFC 9110 §7.6.1 and §11.7, RFC 9112 C.2.2. Transfer-Encoding is not here: a body is passed on with its framing.
HOP_BY_HOP = frozenset({
    b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"proxy-authenticate",
    b"proxy-authentication-info", b"te", b"upgrade", b"http2-settings",
})  # fmt: skip

# "A sender MUST NOT send a connection option corresponding to a field that is intended for all recipients of the
# content" (RFC 9110 §7.6.1). Obeying such an option would let a client cut out what a site's safety rests on,
# so Connection may not name these: the option is ignored, the field is passed on.
END_TO_END = frozenset({
    b"host", b"content-length", b"transfer-encoding", b"trailer", b"content-type", b"content-encoding",
    b"content-range", b"content-location", b"content-disposition", b"cookie", b"set-cookie", b"authorization",
    b"www-authenticate", b"cache-control", b"date", b"expires", b"age", b"vary", b"etag", b"last-modified",
    b"location", b"origin", b"referer", b"range", b"expect", b"via", b"forwarded", b"x-forwarded-for",
    b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"content-security-policy",
    b"strict-transport-security", b"x-frame-options", b"x-content-type-options", b"access-control-allow-origin",
    b"access-control-allow-credentials", b"cross-origin-opener-policy", b"cross-origin-resource-policy",
    b"cross-origin-embedder-policy", b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest", b"sec-fetch-user",
})  # fmt: skip


def pass_on(
    head: RequestHead | ResponseHead,
    *,
    drop: Iterable[bytes] = (),
    set: Mapping[bytes, bytes] | None = None,
    keep: Iterable[bytes] = (),
    extra: bytes = b"",
) -> bytes:
    """The field block for the next hop, its empty line included; start line + CRLF + this is the whole head.

    `drop` names more fields to leave out, `keep` hop-by-hop ones to leave in (`connection` and `upgrade` for a
    WebSocket), `set` gives fields another value in their old place (a missing Host comes first, others last),
    `extra` is further lines, each with its CRLF. Names are lower case. ValueError if `set` breaks the grammar.
    """
    gone = [name for name in head.hop if name not in keep] if keep else [*head.hop]
    gone.extend(drop)
    if not gone and not set and not extra:
        return head.clean[head.fields_at :]
    block = head.clean[head.fields_at - 2 : -2]
    if gone:
        block = _without(block, gone)
    for name, value in set.items() if set else ():
        if name != b"host" or not isinstance(head, RequestHead) or head.host != value:
            block = _with(block, name, value)
    return block[2:] + extra + b"\r\n"


def _without(block: bytes, names: Iterable[bytes], begin: int = 0) -> bytes:
    """The block (CRLF, line, CRLF, line ... CRLF) without the lines of these fields."""
    lower = block.lower()
    for name in names:
        mark = b"\r\n" + name + b":"
        at = lower.find(mark, begin)
        while at >= 0:
            end = lower.index(b"\r\n", at + 2)
            block = block[:at] + block[end:]
            lower = lower[:at] + lower[end:]
            at = lower.find(mark, at)
    return block


def _with(block: bytes, name: bytes, value: bytes) -> bytes:
    """The block with that value in the first line of that name, and no second one."""
    if TOKEN.fullmatch(name) is None or NOT_TEXT.search(value):
        raise ValueError(f"{name!r}: {value!r} cannot be a header field.")
    at = block.lower().find(b"\r\n" + name + b":")
    if at < 0:
        line = b"\r\n" + name.title() + b": " + value
        return line + block if name == b"host" else block[:-2] + line + b"\r\n"
    begin = at + len(name) + 3
    end = block.index(b"\r\n", begin)
    block = block[:begin] + b" " + value + block[end:]
    return _without(block, (name,), begin)
