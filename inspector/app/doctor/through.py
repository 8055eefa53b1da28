"""One request through Inspector's own proxy, as any program would make it: believing nobody but Inspector's authority."""

from __future__ import annotations

import http.client
import json
import ssl
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from inspector import __version__
from inspector.app.notice import Running
from inspector.app.shell.variables import LOGIN
from inspector.exchange.agents import agent_name

AGENT = f"inspector-doctor/{__version__}"
OURS = agent_name(AGENT.encode())  # as the list of exchanges has it
PATIENCE = 20.0
MOST = 256 * 1024


class Answer(NamedTuple):
    """What came back. `failure` is a sentence where nothing did, `refused` OpenSSL's words where the certificate was not believed."""

    status: int = 0
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    refused: str = ""

    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        with suppress(ValueError):
            return json.loads(self.body)
        return None


def fetch(
    running: Running, url: str, *, ca: Path | None = None, login: str = "", patience: float = PATIENCE
) -> Answer:
    """GET `url` through the proxy. `ca` is the only authority that is believed over https, `login` is `user:password` where the proxy asks for one."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    credentials = {"Proxy-Authorization": "Basic " + b64encode(login.encode()).decode()} if login else {}
    proxy = running.proxy
    try:
        if secure:
            context = _believing(ca)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                proxy.host, proxy.port, timeout=patience, context=context
            )
            connection.set_tunnel(host, port, headers=credentials | {"User-Agent": AGENT})
            target, headers = parts._replace(scheme="", netloc="").geturl() or "/", {}
        else:
            connection = http.client.HTTPConnection(proxy.host, proxy.port, timeout=patience)
            target, headers = url, {**credentials, "Host": parts.netloc.rpartition("@")[2]}
    except (OSError, ssl.SSLError, ValueError) as error:
        return Answer(failure=f"The request could not be made: {error}.")
    try:
        connection.request("GET", target, headers={"User-Agent": AGENT, "Accept": "*/*", **headers})
        answer = connection.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read(MOST))
    except ssl.SSLCertVerificationError as error:
        return Answer(failure="The stand-in certificate was not believed.", refused=error.verify_message)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(failure=_why(error, running))
    finally:
        connection.close()


def login(running: Running, environment: Any) -> str:
    """What the proxy asks programs of this computer for, if it does and if this terminal has it."""
    return str(environment.get(LOGIN, "")) if running.asks_for_login else ""


def _believing(ca: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca is not None:
        context.load_verify_locations(cafile=str(ca))
    context.set_alpn_protocols(["http/1.1"])
    return context


def _why(error: Exception, running: Running) -> str:
    match error:
        case ConnectionRefusedError():
            return f"Nobody listens at {running.proxy}."
        case TimeoutError():
            return f"{running.proxy} did not answer in time."
        case OSError():
            return f"The connection to {running.proxy} broke: {error.strerror or error}."
        case _:
            return f"What came back is not HTTP: {error}."
