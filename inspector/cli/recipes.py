"""How to use a certificate that was just made, with its real paths: Flask, nginx, Node, and what asks for client certificates."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from inspector.pki.authority import Authority
from inspector.pki.handmade import Made

if TYPE_CHECKING:
    from inspector.cli.cert_make import Files


def recipes(authority: Authority, made: Made, files: Files, password: str, *, client: bool) -> str:
    """A few lines for each program."""
    if files.p12 is not None:
        return _p12(str(files.p12), password)
    certificate = str(files.certificate)
    key = str(files.key) if files.key is not None else "/path/to/your/key.pem"
    if client:
        return _client(certificate, key, authority)
    return _server(certificate, key, _host(made), authority)


def _server(certificate: str, key: str, host: str, authority: Authority) -> str:
    ca = shlex.quote(str(authority.path))
    return "\n".join([
        "Flask",
        f"  app.run(ssl_context=({_quoted(certificate)}, {_quoted(key)}))",
        f"  flask run --cert {shlex.quote(certificate)} --key {shlex.quote(key)}",
        "nginx",
        f"  ssl_certificate      {_nginx(certificate)};",
        f"  ssl_certificate_key  {_nginx(key)};",
        "Node",
        f"  https.createServer({{ cert: fs.readFileSync({_quoted(certificate)}), key: fs.readFileSync({_quoted(key)}) }}, app)",
        "Try it",
        f"  curl --cacert {ca} https://{host}:5000/",
    ])  # fmt: skip


def _client(certificate: str, key: str, authority: Authority) -> str:
    ca = str(authority.path)
    return "\n".join([
        "curl",
        f"  curl --cert {shlex.quote(certificate)} --key {shlex.quote(key)} --cacert {shlex.quote(ca)} https://…",
        "Python (requests)",
        f"  requests.get(url, cert=({_quoted(certificate)}, {_quoted(key)}), verify={_quoted(ca)})",
        "A server that asks for it: nginx",
        f"  ssl_client_certificate {_nginx(ca)};  ssl_verify_client on;",
        "For a browser make it again with --p12, and import that file.",
    ])  # fmt: skip


def _p12(path: str, password: str) -> str:
    return "\n".join([
        "Windows, macOS, Firefox, Chrome",
        f"  open {path} or import it in the certificate settings; the password is {password}",
        "Java (Spring Boot, Tomcat)",
        f"  server.ssl.key-store={path}",
        f"  server.ssl.key-store-type=PKCS12   server.ssl.key-store-password={password}",
    ])  # fmt: skip


def _host(made: Made) -> str:
    """The first name that one could open."""
    name = next((each for each in made.names if "@" not in each and "://" not in each), "localhost")
    name = name.replace("*", "www")
    return f"[{name}]" if ":" in name else name


def _quoted(path: str) -> str:
    """As Python and JavaScript both read it."""
    return json.dumps(path, ensure_ascii=False)


def _nginx(path: str) -> str:
    return path if not set(path) & set(" ;'\"{}\\") else _quoted(path)
