"""A body whose type is missing or wrong, by its first bytes."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "a PNG picture"),
    (b"\xff\xd8\xff", "image/jpeg", "a JPEG picture"),
    (b"GIF8", "image/gif", "a GIF picture"),
    (b"%PDF-", "application/pdf", "a PDF document"),
    (b"PK\x03\x04", "application/zip", "a ZIP archive"),
    (b"wOF2", "font/woff2", "a WOFF2 font"),
)  # fmt: skip
_ZIPPED = (
    "application/zip",
    "application/vnd.",
    "application/java",
    "application/epub",
    "application/x-",
    "application/octet-stream",
)


def _look(case: Case) -> Iterator[Found]:
    data = case.content.data
    if (
        case.answered_here
        or not data
        or not 200 <= case.exchange.status < 300
        or case.exchange.kind != "http"
        or case.exchange.status == 206
    ):
        return
    fields = case.response.every("content-type")
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    if not fields or not kind:
        evidence = seen(case, case.response.whole_head(), say("no Content-Type"))
        yield Found(
            "warning", case.path, say("`{path}` doesn't say what its body is.", path=case.path), evidence
        )
        return
    really = _really(data, kind)
    if really:
        evidence = seen(case, case.response.place(fields[0]), say("`{kind}`", kind=kind))
        yield Found(
            "warning",
            case.path,
            say(
                f"`{{path}}` says that it is `{{kind}}`, and its bytes are {really}.",
                path=case.path,
                kind=kind,
            ),
            evidence,
        )


def _really(data: bytes, kind: str) -> str:
    """What the bytes are, if that isn't what the type says."""
    for sign, right, words in _SIGNS:
        if data.startswith(sign):
            fits = kind in (right, "application/octet-stream") or (
                right == "application/zip" and kind.startswith(_ZIPPED)
            )
            return "" if fits or (right.startswith("image/") and kind.startswith("image/")) else words
    start = data[:200].lstrip()
    if (
        kind == "text/html"
        and start[:1] in (b"{", b"[")
        and b"<" not in data[:2000]
        and (b'":' in data[:2000] or b'" :' in data[:2000])
    ):
        return "JSON"
    if kind in ("application/json", "text/javascript", "text/css") and start[:15].lower().startswith(
        (b"<!doctype html", b"<html")
    ):
        return "a web page"
    return ""


CHECK = Check(
    "content-type", "correctness", "The body is not what it says",
    say("Browsers show data as a page, save a page as a file, or refuse a script. A page where data should be is most often an error page that nobody expected."),
    Cure(
        say("Give dictionaries and lists to Flask as they are: it makes JSON of them and names the type."),
        """@app.get("/api/cart")
def cart():
    return {"items": items}  # application/json, by itself

@app.errorhandler(404)
def missing(error):
    return ({"error": "not found"}, 404) if request.path.startswith("/api/") else (render_template("404.html"), 404)
""",
    ),
    (rfc(9110, "8.3"), header("Content-Type")),
    _look,
)  # fmt: skip
