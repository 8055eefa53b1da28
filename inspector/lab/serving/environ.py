"""What a WSGI app is told about a request (PEP 3333), and how it says its answer's head."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes

from inspector.lab.talk import Tls
from inspector.wire.http1 import RequestHead

Fields = Sequence[tuple[str, str]]
Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]

TLS = "lab.tls"  # the key of what the handshake came to, a `Tls`; missing over plain http

# Frames and connections are this server's business (PEP 3333: "applications ... are forbidden from using" hop-by-hop fields).
_OURS = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"})
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def host_of(head: RequestHead) -> str:
    """The host that is asked for, in lower case, without its port and a final dot."""
    host, colon, port = head.authority.decode("latin-1").lower().rpartition(":")
    return (host if colon and port.isdigit() else head.authority.decode("latin-1").lower()).removesuffix(".")


def build(head: RequestHead, body: bytes, tls: Tls | None) -> Environ:
    """The environ for `head`, whose body has come whole."""
    path, _, query = head.path.partition(b"?")
    environ: Environ = {
        "REQUEST_METHOD": head.method.decode("ascii"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "REQUEST_URI": head.path.decode("latin-1"),
        "SERVER_NAME": host_of(head),
        "SERVER_PORT": "443" if tls else "80",
        "SERVER_PROTOCOL": f"HTTP/1.{head.minor}",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if tls else "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if tls is not None:
        environ |= {TLS: tls, "SSL_PROTOCOL": tls.version, "SSL_CIPHER": tls.cipher}
    _add_fields(environ, head)
    environ["HTTP_HOST"] = head.authority.decode("latin-1")
    if body or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _add_fields(environ: Environ, head: RequestHead) -> None:
    for raw_name, raw_value in head.fields:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        if "_" in name:
            continue  # X_Forwarded_For and X-Forwarded-For would be one key: nginx leaves such fields out too
        key = _WITHOUT_PREFIX.get(name) or "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = environ[key] + ("; " if name == "cookie" else ", ") + value
        environ[key] = value


def head_of(status: str, fields: Fields, *, chunked: bool, keep: bool, minor: int) -> bytes:
    """A response's start line and fields, with the ones that are the server's own to say."""
    said = {name.lower() for name, _ in fields}
    lines = [f"HTTP/1.1 {status}"]
    if "date" not in said:
        lines.append(f"Date: {formatdate(time.time(), usegmt=True)}")
    if "server" not in said:
        lines.append("Server: Inspector practice site")
    lines += [f"{name}: {value}" for name, value in fields if name.lower() not in _OURS]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    if not keep:
        lines.append("Connection: close")
    elif minor == 0:
        lines.append("Connection: keep-alive")  # HTTP/1.0 keeps it open only where both say so
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
