"""What the site answers: a function for each kind of thing that the web does, by path in `ROUTES` and `PREFIXES`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from e2e_contents import NUMBERS, PAGE, SCRIPT, STYLE, pattern, picture, sound

if TYPE_CHECKING:
    from e2e_site import Handler

CHUNKS = 40
CHUNK = 5000
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3


def page(handler: Handler, path: str) -> None:
    handler.reply(
        200, PAGE.encode(), "text/html; charset=utf-8", Set_Cookie="visited=yes; Path=/; SameSite=Lax"
    )


def numbers(handler: Handler, path: str) -> None:
    handler.reply_json(NUMBERS)


def form(handler: Handler, path: str) -> None:
    told = dict(parse_qsl(b"".join(handler.body()).decode()))
    handler.reply(
        200,
        f"<!doctype html><title>Thanks</title><h1>Thanks, {told.get('name')}</h1>".encode(),
        "text/html; charset=utf-8",
    )


def old(handler: Handler, path: str) -> None:
    handler.reply(302, b"It has moved.", "text/plain", Location="/new")


def new(handler: Handler, path: str) -> None:
    handler.reply(200, b"<!doctype html><title>New</title><h1>Arrived</h1>", "text/html")


def cookies(handler: Handler, path: str) -> None:
    handler.reply_json({"cookie": handler.headers.get("Cookie", "")})


def events(handler: Handler, path: str) -> None:
    """Three events, then nothing but a sign of life now and then, until the browser leaves."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for number in range(3):
        handler.chunk(f"id: {number}\ndata: event {number}\n\n".encode())
    while not handler.gone(within=0.5):
        handler.chunk(b": still here\n\n")


def websocket(handler: Handler, path: str) -> None:
    """Echoes messages of one frame each (RFC 6455), until it is closed."""
    key = handler.headers.get("Sec-WebSocket-Key", "").encode()
    accept = b64encode(hashlib.sha1(key + WEBSOCKET_GUID).digest()).decode()
    handler.send_response(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", accept)
    handler.end_headers()
    handler.wfile.flush()
    handler.close_connection = True
    while True:
        first, second = handler.rfile.read(2) or (0x88, 0x80)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(handler.rfile.read(2 if size == 126 else 8), "big")
        mask = handler.rfile.read(4)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(handler.rfile.read(size)))
        length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
        handler.wfile.write(bytes([first]) + length + data)
        handler.wfile.flush()
        if first & 0x0F == 8:
            return


def chunked(handler: Handler, path: str) -> None:
    """Chunks of odd sizes, an extension on one of them, and a trailer field."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.send_header("Trailer", "X-Checksum")
    handler.end_headers()
    body = pattern(CHUNKS * CHUNK)
    for number in range(CHUNKS):
        handler.chunk(body[number * CHUNK : (number + 1) * CHUNK])
    handler.wfile.write(f"0;last\r\nX-Checksum: {hashlib.sha256(body).hexdigest()}\r\n\r\n".encode())


def until_close(handler: Handler, path: str) -> None:
    """A response as in HTTP/1.0: its body ends with the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(pattern(100_000))


def upload(handler: Handler, path: str) -> None:
    digest, size = hashlib.sha256(), 0
    for piece in handler.body():
        digest.update(piece)
        size += len(piece)
    handler.reply_json({"size": size, "sha256": digest.hexdigest()})


def some_bytes(handler: Handler, path: str) -> None:
    handler.ranged(pattern(int(path.rpartition("/")[2])), "application/octet-stream")


def load(handler: Handler, path: str) -> None:
    handler.reply(200, f"This is {path}.\n".encode(), "text/plain")


def hanging(handler: Handler, path: str) -> None:
    """Begins an answer and never ends it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"and then ")
    handler.wfile.flush()
    while not handler.gone(within=0.1):
        pass


def files(handler: Handler, path: str) -> None:
    """The folder that the test serves: links to what is in it, as a package index has them."""
    found = handler.site.folder / path.removeprefix("/files/").strip("/")
    if handler.site.folder not in (found, *found.parents) or not found.exists():
        missing(handler, path)
    elif found.is_dir():
        links = "".join(f'<a href="{each.name}">{each.name}</a>\n' for each in sorted(found.iterdir()))
        handler.reply(200, f"<!doctype html><html><body>{links}</body></html>".encode(), "text/html")
    else:
        handler.reply(200, found.read_bytes(), "application/octet-stream")


def repository(handler: Handler, path: str) -> None:
    """`git http-backend` as a CGI program, over the repositories in the site's folder."""
    git = shutil.which("git")
    assert git is not None
    asked = urlsplit(handler.path)
    environment = {
        "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(handler.site.folder), "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        "PATH_INFO": path.removeprefix("/git"), "QUERY_STRING": asked.query, "REQUEST_METHOD": handler.command,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
        "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
    }  # fmt: skip
    done = subprocess.run(
        [git, "http-backend"],
        input=b"".join(handler.body()),
        env=environment,
        capture_output=True,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(fields.pop("Status", "200").split()[0])
    handler.reply(status, body, **{name.replace("-", "_"): value for name, value in fields.items()})


def missing(handler: Handler, path: str) -> None:
    for _ in handler.body():
        pass
    handler.reply(404, b"There is nothing here.\n", "text/plain")


Route: TypeAlias = "Callable[[Handler, str], None]"
ROUTES: dict[str, Route] = {
    "/": page,
    "/style.css": lambda handler, _: handler.cacheable(STYLE, "text/css"),
    "/script.js": lambda handler, _: handler.cacheable(SCRIPT, "text/javascript"),
    "/picture.png": lambda handler, _: handler.cacheable(picture(), "image/png"),
    "/sound.wav": lambda handler, _: handler.ranged(sound(), "audio/wav"),
    "/data.json": numbers,
    "/form": form,
    "/old": old,
    "/new": new,
    "/cookies": cookies,
    "/events": events,
    "/socket": websocket,
    "/chunked": chunked,
    "/until-close": until_close,
    "/upload": upload,
    "/hanging": hanging,
}
PREFIXES: dict[str, Route] = {"/bytes/": some_bytes, "/load/": load, "/files/": files, "/git/": repository}
