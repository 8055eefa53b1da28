"""Things that servers do, one address each, to be watched: keeping copies, leading elsewhere, streaming, being slow, failing."""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from .forms import number, text

blueprint = Blueprint("tries", __name__, url_prefix="/try")

_OPENED = datetime.now(UTC).replace(microsecond=0)
_LANGUAGES = {
    "en": "Good morning. Tea?",
    "de": "Guten Morgen. Tee?",
    "fr": "Bonjour. Du thé ?",
    "es": "Buenos días. ¿Té?",
}
_COOKIE = "favourite"


class Try(NamedTuple):
    """One thing to try: where, and what to look at when it is on the dashboard."""

    title: str
    path: str
    look: str


TRIES = {
    "Keeping copies": (
        Try("Keep for a minute", "/try/cached", "Cache-Control: max-age=60. Open it twice: the second time nothing is sent."),
        Try("Ask whether it changed", "/try/etag", "ETag, and If-None-Match the second time. The answer is 304, without a body."),
        Try("Ask by date", "/try/last-modified", "Last-Modified, and If-Modified-Since the second time."),
        Try("Never keep", "/try/no-store", "Cache-Control: no-store. The clock on the page goes on with every visit."),
    ),
    "Leading elsewhere": (
        Try("Three redirects", "/try/redirect/3", "302 and Location, three times. The browser follows by itself."),
        Try("Moved for good", "/try/moved/301", "301: the browser remembers, and may not ask again."),
        Try("Same method", "/try/moved/307", "307: a POST stays a POST. After 303 it becomes a GET."),
        Try("In a circle", "/try/circle", "Each answer leads to the same address. The browser gives up after some twenty."),
    ),
    "Taking time": (
        Try("Three seconds", "/try/slow?seconds=3", "The time until the first byte: the server is at work."),
        Try("Line by line", "/try/stream", "Transfer-Encoding: chunked. Nobody knows beforehand how long it will be."),
    ),
    "Going wrong": (
        Try("An exception", "/try/fail", "500: the server's mistake, and not the browser's."),
        Try("Come back later", "/try/unavailable", "503 and Retry-After."),
        Try("Not here", "/try/nowhere", "404, with a page for people."),
        Try("A teapot", "/try/status/418", "418, of RFC 2324. Any other number works too."),
    ),
    "Telling the server more": (
        Try("What did I send?", "/try/echo", "The request as the server saw it. Any method."),
        Try("A greeting", "/try/hello?name=Ada", "The same page as http://bare.inspector.test/hello?name=Ada, which is made without a framework."),
        Try("My language", "/try/language", "Accept-Language decides, and Vary says so."),
        Try("Packed", "/try/packed", "Accept-Encoding, Content-Encoding: fewer bytes for the same text."),
        Try("A password, the old way", "/try/basic", "401 and WWW-Authenticate; then Authorization. It is tea and pot."),
        Try("A file", "/try/upload", "multipart/form-data: how forms send files."),
        Try("A cookie", "/try/cookie", "Set-Cookie, Cookie, and how one is taken back."),
        Try("A download", "/try/download", "Content-Disposition: save it, do not show it."),
    ),
}  # fmt: skip


@blueprint.get("")
def show() -> str:
    return render_template("tries.html", tries=TRIES)


# --- keeping copies --------------------------------------------------------------------------------------


@blueprint.get("/cached")
def cached() -> Response:
    response = _page(
        "Made at " + _clock(), "For a minute from then on your browser shows this copy without asking."
    )
    response.cache_control.public = True
    response.cache_control.max_age = 60
    return response


@blueprint.get("/etag")
def etag() -> ResponseReturnValue:
    """The ETag is made from the body; if the browser's copy has the same, it gets 304 and no body."""
    response = _page("The same as before", "Reload: the browser asks whether its copy is still good.")
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/last-modified")
def last_modified() -> ResponseReturnValue:
    response = _page(
        f"Not changed since {_OPENED:%H:%M:%S}", "Reload: the browser asks whether it changed since then."
    )
    response.cache_control.no_cache = True
    response.last_modified = _OPENED
    return response.make_conditional(request)


@blueprint.get("/no-store")
def no_store() -> Response:
    response = _page("Made at " + _clock(), "Nobody may keep this. Bank statements are sent so.")
    response.cache_control.no_store = True
    return response


# --- leading elsewhere -----------------------------------------------------------------------------------


@blueprint.get("/redirect/<int:left>")
def lead_on(left: int) -> ResponseReturnValue:
    if left > 10:
        abort(404, "Ten redirects are enough.")
    return (
        redirect(url_for("tries.lead_on", left=left - 1))
        if left
        else _page("Arrived", "Look at how you came here.")
    )


@blueprint.route("/moved/<int:code>", methods=["GET", "POST"])
def moved(code: int) -> ResponseReturnValue:
    if code not in {301, 302, 303, 307, 308}:
        abort(404, "These statuses lead elsewhere: 301, 302, 303, 307, 308.")
    return redirect(url_for("tries.echo"), code)


@blueprint.get("/circle")
def circle() -> ResponseReturnValue:
    return redirect(url_for("tries.circle"))


# --- taking time -----------------------------------------------------------------------------------------


@blueprint.get("/slow")
def slow() -> Response:
    seconds = number(request.args.get("seconds"), 0, 10, otherwise=3)
    time.sleep(seconds)
    return _page(f"{seconds} seconds later", "The server slept. A real one would have counted something.")


@blueprint.get("/stream")
def stream() -> Response:
    """A generator as a body: each line is sent when it is there."""
    lines = number(request.args.get("lines"), 1, 50, otherwise=10)
    return Response(_lines(lines), mimetype="text/plain", headers={"Cache-Control": "no-store"})


def _lines(count: int) -> Iterator[str]:
    for line in range(1, count + 1):
        yield f"{line}. cup of {count}, poured at {_clock()}\n"
        if line < count:
            time.sleep(0.3)


# --- going wrong -----------------------------------------------------------------------------------------


@blueprint.get("/fail")
def fail() -> str:
    cups: dict[str, int] = {}
    return f"There are {cups['tea']} cups of tea."  # KeyError, on purpose


@blueprint.get("/unavailable")
def unavailable() -> ResponseReturnValue:
    response = _page("The shop is being swept", "Come back in half a minute.")
    response.status_code = 503
    response.headers["Retry-After"] = "30"
    return response


@blueprint.get("/status/<int:code>")
def status(code: int) -> ResponseReturnValue:
    if not 200 <= code <= 599:
        abort(404, "Statuses from 200 to 599 can be had here.")
    known = code in {each.value for each in HTTPStatus}
    phrase = HTTPStatus(code).phrase if known else "a status that nobody has defined"
    if code in {204, 205, 304}:
        return "", code
    response = _page(f"{code} {phrase}", "This is what was asked for.")
    response.status_code = code
    return response


# --- telling the server more -----------------------------------------------------------------------------


@blueprint.route("/echo", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def echo() -> Response:
    body = request.get_data()
    return jsonify(
        method=request.method,
        path=request.full_path.rstrip("?"),
        query=request.args.to_dict(flat=False),
        headers=[list(pair) for pair in request.headers],
        body={"bytes": len(body), "begins": body[:200].decode("utf-8", "replace")},
    )


@blueprint.get("/hello")
def hello() -> Response:
    """Flask reads the request, finds this function, and makes a whole response of what it returns. `bare/server.py` does it without."""
    name = request.args.get("name", "stranger")
    return Response(f"Hello, {name}!\n", mimetype="text/plain")


@blueprint.get("/language")
def language() -> Response:
    best = request.accept_languages.best_match(list(_LANGUAGES), "en")
    response = _page(
        _LANGUAGES[best], f"Your browser likes: {request.headers.get('Accept-Language', 'it did not say')}"
    )
    response.content_language.add(best)
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/packed")
def packed() -> Response:
    """Whichever of our packings the browser likes best; a cache must know that the answer depends on it."""
    text = render_template("packed.html", title="Packed", lines=range(1, 400))
    choices = packings()
    best = request.accept_encodings.best_match([*choices, "identity"], "identity")
    body = choices[best](text.encode()) if best in choices else text.encode()
    response = make_response(body)
    response.mimetype = "text/html"
    if best in choices:
        response.content_encoding = best
    response.vary.add("Accept-Encoding")
    return response


def packings() -> dict[str, Callable[[bytes], bytes]]:
    """The best first. Python brings two; the others are there where their packages are."""
    found: dict[str, Callable[[bytes], bytes]] = {}
    try:
        import zstandard  # noqa: PLC0415

        found["zstd"] = zstandard.ZstdCompressor().compress
    except ImportError:
        pass
    try:
        import brotli  # noqa: PLC0415

        found["br"] = brotli.compress
    except ImportError:
        pass
    found["gzip"] = gzip.compress
    found["deflate"] = zlib.compress
    return found


@blueprint.get("/basic")
def basic() -> ResponseReturnValue:
    """HTTP's own log-in. The browser asks in a window of its own, and sends the password with every request from then on."""
    given = request.authorization
    if given is None or (given.username, given.password) != ("tea", "pot"):
        response = _page("Who are you?", "The name is tea, the password is pot.")
        response.status_code = 401
        response.headers["WWW-Authenticate"] = 'Basic realm="The back room", charset="UTF-8"'
        return response
    return _page(
        "Come in", "Authorization: Basic … is name and password in Base64: readable by anybody who sees it."
    )


@blueprint.get("/upload")
def upload_form() -> str:
    return render_template("upload.html", files=None)


@blueprint.post("/upload")
def upload() -> str:
    """What came is looked at, and not kept. A file's name is what the sender says; nobody should use it as a path."""
    files = []
    for file in request.files.getlist("file")[:5]:
        content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        files.append({"name": file.filename, "type": file.mimetype, "size": len(content), "digest": digest})
    return render_template("upload.html", files=files)


@blueprint.get("/cookie")
def cookie_form() -> str:
    return render_template("cookie.html", value=request.cookies.get(_COOKIE, ""))


@blueprint.post("/cookie")
def cookie() -> ResponseReturnValue:
    """Set, or taken back: a cookie is deleted by setting it once more, with a date in the past."""
    response = make_response(redirect(url_for("tries.cookie_form"), 303))
    if "forget" in request.form:
        response.delete_cookie(_COOKIE, path="/try")
    else:
        response.set_cookie(
            _COOKIE, text("value", 40), max_age=3600, path="/try", httponly=True, samesite="Lax"
        )
    return response


@blueprint.get("/download")
def download() -> Response:
    response = Response("name,price\nAssam,8.90\nSencha,11.50\n", mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="prices.csv"'
    return response


def _page(title: str, words: str) -> Response:
    return make_response(render_template("tried.html", title=title, words=words))


def _clock() -> str:
    return datetime.now(UTC).strftime("%H:%M:%S.%f")[:-4] + " UTC"
