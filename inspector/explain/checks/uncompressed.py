"""Text that travels unpacked, though the browser could unpack it. What it would save is measured."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from inspector.explain.case import Case, body_of
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.lists import tokens
from inspector.explain.words import percent, size

SMALL = 1_400  # fits into one packet anyway
_TEXT = (
    "text/",
    "application/json",
    "application/javascript",
    "application/xml",
    "image/svg+xml",
    "application/manifest+json",
    "application/wasm",
)


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    if (not kind.startswith(_TEXT) and not kind.endswith(("+json", "+xml"))) or kind == "text/event-stream":
        return
    if case.response.has("content-encoding") or exchange.status != 200 or case.answered_here or case.is_local:
        return
    if not {"gzip", "br", "zstd", "deflate"} & set(tokens(case.request.value("accept-encoding"))):
        return
    body = body_of(exchange, "response")
    if body.size < SMALL:
        return
    evidence = seen(case, case.response.whole_head(), say("no Content-Encoding"))
    sample = body.inline[:65_536]
    if len(sample) < SMALL:
        yield Found(
            "advice",
            case.path,
            say("`{path}` ({size}) came unpacked.", path=case.path, size=size(body.size)),
            evidence,
        )
        return
    packed = len(zlib.compress(sample, 6))
    saved = body.size * (len(sample) - packed) // len(sample)
    if saved < SMALL // 2:
        return
    severity: Severity = "warning" if saved > 50_000 else "advice"
    sentence = say("`{path}` ({size}) came unpacked. With gzip it would be about {saved} less, {share}.", path=case.path, size=size(body.size), saved=size(saved), share=percent(saved, body.size))  # fmt: skip
    yield Found(severity, case.path, sentence, evidence)


CHECK = Check(
    "uncompressed", "performance", "Text travels unpacked",
    say("Text shrinks to a quarter when it is packed. Over a slow way that is the difference between now and in a second."),
    Cure(
        say("Let the server in front pack it, or Flask-Compress."),
        """from flask_compress import Compress

Compress(app)
""",
    ),
    (rfc(9110, "8.4"), mdn("Web/HTTP/Guides/Compression", "Compression")),
    _look,
)  # fmt: skip
