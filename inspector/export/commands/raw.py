"""The bytes of a request or a response, as one message."""

from __future__ import annotations

from inspector.exchange.model import Message


def raw(message: Message | None) -> bytes:
    """Head, body and trailers. A body that came in chunks is put into one, since how it was cut is not kept."""
    if message is None:
        return b""
    body = message.body.inline
    coded = (each.value.lower() for each in message.fields if each.name.lower() == b"transfer-encoding")
    if not any(b"chunked" in value for value in coded):
        return message.head + body
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    end = (
        message.trailers
        if message.trailers.endswith(b"\r\n\r\n") or not message.trailers
        else message.trailers + b"\r\n"
    )
    return message.head + chunk + b"0\r\n" + (end or b"\r\n")
