"""The variables that programs look at, as a table: which proxy, which addresses without it, whom to believe.

Some programs add what a variable names to what they trust, most put it in its place: these get a file with everything that
this system trusts, and our authority besides.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote

from inspector.app.addresses import parse_address
from inspector.app.errors import InspectorError
from inspector.app.home import OURS_ONLY, Home
from inspector.app.notice import Running
from inspector.pki import bundle

Value = Literal["proxy", "around", "bundle", "authority", "one", "node", "java"]
BEFORE = "INSPECTOR_ENV_BEFORE"
LOGIN = "INSPECTOR_PROXY_AUTH"
FOLDER, PEM, JAVA_STORE = "env", "ca-bundle.pem", "java-truststore.p12"
NODE_PROXY = Path(__file__).with_name("node-proxy.cjs")


class Variable(NamedTuple):
    """A variable, what it is set to, and who looks at it."""

    name: str
    value: Value
    read_by: str


VARIABLES = (
    Variable("http_proxy", "proxy", "nearly every program"),
    Variable("https_proxy", "proxy", "nearly every program"),
    Variable("HTTP_PROXY", "proxy", "those that know it in capitals only"),
    Variable("HTTPS_PROXY", "proxy", "those that know it in capitals only"),
    Variable("no_proxy", "around", "the same: the dashboard itself is not captured"),
    Variable("NO_PROXY", "around", "the same"),
    Variable("SSL_CERT_FILE", "bundle", "OpenSSL: Python's own modules, httpx, Ruby, PHP, Go, uv"),
    Variable("CURL_CA_BUNDLE", "bundle", "curl"),
    Variable("REQUESTS_CA_BUNDLE", "bundle", "Python's requests"),
    Variable("PIP_CERT", "bundle", "pip"),
    Variable("GIT_SSL_CAINFO", "bundle", "git"),
    Variable("CARGO_HTTP_CAINFO", "bundle", "Rust's cargo"),
    Variable("AWS_CA_BUNDLE", "bundle", "AWS command line and SDKs"),
    Variable("HTTPLIB2_CA_CERTS", "bundle", "Python's httplib2"),
    Variable("PERL_LWP_SSL_CA_FILE", "bundle", "Perl's LWP"),
    Variable("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "bundle", "gRPC"),
    Variable("NODE_EXTRA_CA_CERTS", "authority", "Node, npm, yarn"),
    Variable("NODE_USE_ENV_PROXY", "one", "Node from 24 and 22.21 on: use the proxy"),
    Variable("NODE_OPTIONS", "node", "Node before these: a few lines that make it use the proxy"),
    Variable("DENO_CERT", "authority", "Deno"),
    Variable("JAVA_TOOL_OPTIONS", "java", "Java: proxy, and a store made for it"),
)


def variables(place: Home, running: Running, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What to set in a terminal so that its programs go through this Inspector. Writes the files that are named there.

    `environment` is what is set so far: options for Node and Java are added to those, and all is kept for `restored`.
    """
    if running.reverse:
        raise InspectorError(
            f"This Inspector stands in front of {running.reverse} (--reverse); programs need no setting for it.",
            f"Use http://{running.proxy}/ instead of that site's address.",
        )
    kept = before(environment)
    earlier = {**environment, **kept} if kept else dict(environment)
    folder = _files(place)
    host, port = running.proxy
    values: dict[Value, str] = {
        "proxy": f"http://{_login(running, earlier)}{running.proxy}",
        "around": _around(running),
        "bundle": str(folder / PEM),
        "authority": str(place.certs / "ca.pem"),
        "one": "1",
        "node": _added(earlier.get("NODE_OPTIONS", ""), f"--require={_quoted(str(NODE_PROXY))}"),
        "java": _added(earlier.get("JAVA_TOOL_OPTIONS", ""), _java(host, port, folder / JAVA_STORE)),
    }
    told = {variable.name: values[variable.value] for variable in VARIABLES}
    return told | {BEFORE: json.dumps({name: earlier.get(name, "") for name in told})}


def before(environment: Mapping[str, str]) -> dict[str, str]:
    """What our variables were before they were set in this terminal; nothing if they weren't."""
    try:
        kept = json.loads(environment.get(BEFORE, ""))
    except ValueError:
        return {}
    known = {variable.name for variable in VARIABLES}
    return (
        {name: str(value) for name, value in kept.items() if name in known} if isinstance(kept, dict) else {}
    )


def restored(environment: Mapping[str, str]) -> dict[str, str]:
    """What to set to undo it: the values of before; '' stands for a variable that was not set."""
    kept = before(environment)
    return {variable.name: kept.get(variable.name, "") for variable in VARIABLES} | {BEFORE: ""}


def _files(place: Home) -> Path:
    """The files with whom to believe, made or brought up to date."""
    authority = place.certs / "ca.pem"
    try:
        pem = authority.read_bytes()
        folder = place.run / FOLDER
        folder.mkdir(mode=OURS_ONLY, exist_ok=True)
        roots = bundle.system_roots()
        bundle.write_pem(folder / PEM, pem, roots)
        bundle.write_java_store(folder / JAVA_STORE, pem, roots)
    except OSError as error:
        raise InspectorError(
            f"The certificates for other programs cannot be written: {error.strerror} ({error.filename}).",
            "Make room, or make the home folder yours again.",
        ) from error
    return folder


def _login(running: Running, environment: Mapping[str, str]) -> str:
    """Only where no listener is for this computer alone. Inspector tells nobody the log-in; whoever set it may have it here."""
    if not running.asks_for_login:
        return ""
    login = environment.get(LOGIN, "")
    if ":" not in login:
        raise InspectorError(
            "This proxy asks for a log-in, which is not told to other programs.",
            f"Set {LOGIN} to USER:PASSWORD in this terminal, or let the proxy listen on 127.0.0.1 too.",
        )
    name, _, password = login.partition(":")
    return f"{quote(name, safe='')}:{quote(password, safe='')}@"


def _around(running: Running) -> str:
    """The dashboard by its name, and with its port by its addresses: not every program understands ports here."""
    ports = dict.fromkeys(parse_address(text).port for text in running.web)
    named = [] if running.web_name in ("", "127.0.0.1", "localhost") else [running.web_name]
    return ",".join([*named, *(f"{host}:{port}" for port in ports for host in ("127.0.0.1", "localhost"))])


def _java(host: str, port: int, store: Path) -> str:
    options = {
        "http.proxyHost": host,
        "http.proxyPort": str(port),
        "https.proxyHost": host,
        "https.proxyPort": str(port),
        "http.nonProxyHosts": "",  # to any other value Java adds localhost in all spellings
        "javax.net.ssl.trustStore": str(store),
        "javax.net.ssl.trustStorePassword": bundle.JAVA_PASSWORD,
        "javax.net.ssl.trustStoreType": "PKCS12",
    }
    return " ".join(_quoted(f"-D{name}={value}") for name, value in options.items())


def _added(options: str, more: str) -> str:
    return f"{options} {more}".strip()


def _quoted(option: str) -> str:
    """As NODE_OPTIONS and JAVA_TOOL_OPTIONS want an option with a space in it."""
    return f'"{option}"' if " " in option else option
