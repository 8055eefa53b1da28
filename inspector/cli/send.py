"""`inspector send`: a request through a running Inspector, so that it is captured and explained like any other; the answer as a terminal shows it."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from inspector.app.errors import InspectorError
from inspector.cli.calling import Caller, calling
from inspector.cli.options import home_option
from inspector.cli.plain import plain
from inspector.cli.values import DURATION

SHOWS = ("answer", "all", "head", "body", "nothing")
_FORM = "application/x-www-form-urlencoded"
_EXITS = {4: 4, 5: 5}


@click.command("send")
@click.argument("what", nargs=-1, metavar="[METHOD] URL")
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="A field; several times for several. 'Name;' is an empty one.")  # fmt: skip
@click.option("-d", "--data", "data", multiple=True, metavar="TEXT", help="The body; several are joined by &. @FILE reads a file, @- standard input. Without METHOD it makes a POST, without Content-Type a form.")  # fmt: skip
@click.option("--data-json", metavar="JSON", help="The body as JSON, with Content-Type and Accept to it; @FILE reads a file.")  # fmt: skip
@click.option("--follow", is_flag=True, help="Follow redirects; each is an exchange of its own.")
@click.option("--insecure", is_flag=True, help="Accept any certificate of the site.")
@click.option("--timeout", type=DURATION, default=30.0, metavar="TIME", help="How long to wait for the answer, up to 120s.  [default: 30s]")  # fmt: skip
@click.option("--repeat", metavar="ID", help="Send a captured request again, by the number of its exchange, in place of URL.")  # fmt: skip
@click.option("--raw", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE", help="Send the file's bytes as they are, to the scheme, host and port of URL; - is standard input.")  # fmt: skip
@click.option("--show", type=click.Choice(SHOWS), help="What to print.  [default: answer on a terminal, body into a pipe]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what came of it for programs: exchange, status, size, time.")  # fmt: skip
@click.option("--fail", is_flag=True, help="Exit with 4 where the status is 4xx, with 5 where it is 5xx.")
@home_option
def command(
    *, what: tuple[str, ...], headers: tuple[str, ...], data: tuple[str, ...], data_json: str | None, follow: bool, insecure: bool, timeout: float,
    repeat: str | None, raw: Path | None, show: str | None, as_json: bool, fail: bool, home_folder: Path | None,
) -> None:  # fmt: skip
    """Send a request through a running Inspector, and print the answer. It is captured like any other; its page on the dashboard is named at the end."""
    method, url = _what(what, needs_url=repeat is None)
    if repeat is not None and (url or data or headers or raw):
        raise click.UsageError(
            "--repeat sends a request as it was; it takes neither URL nor fields nor body."
        )
    with calling(home_folder) as caller:
        if raw is not None:
            sent = _send_raw(caller, url, raw, verify=not insecure, patience=min(timeout, 60.0))
        elif repeat is not None:
            sent = caller.ask("POST", f"/exchanges/{_id(repeat)}/repeat", json={}).json()
        else:
            asked = _asked(method, url, headers, data, data_json)
            asked |= {"follow": follow, "verify": not insecure, "timeout": min(max(timeout, 1.0), 120.0)}
            sent = caller.ask("POST", "/send", json=asked).json()
        if as_json:
            click.echo(json.dumps(sent | {"dashboard": _page(caller, sent)}, indent=2))
        elif raw is not None:
            _show_raw(sent)
        else:
            _show(caller, sent, show or ("answer" if sys.stdout.isatty() else "body"))
        if not as_json and sent["exchange"]:
            click.echo(f"{_page(caller, sent)}", err=True)
    if not sent["exchange"] or (sent["why"] and not sent.get("status") and raw is None):
        raise InspectorError(sent["why"] or "No answer came.", "The dashboard's list shows what was sent.")
    if fail:
        raise SystemExit(_EXITS.get(sent.get("status", 0) // 100, 0))


def _what(what: tuple[str, ...], *, needs_url: bool) -> tuple[str, str]:
    """The method, perhaps empty, and the address."""
    if not what and not needs_url:
        return "", ""
    if len(what) not in (1, 2):
        raise click.UsageError("Say the address, and before it the method if it isn't GET: inspector send POST https://example.com/")  # fmt: skip
    return (what[0].upper() if len(what) == 2 else ""), what[-1]


def _id(text: str) -> str:
    from inspector.exchange import ids

    found = ids.parse(text.rstrip("/").rpartition("/")[2])
    if found is None:
        raise click.UsageError(f"{text!r} is no number of an exchange: 32 hexadecimal digits, or its page's address.")  # fmt: skip
    return found.hex()


def _asked(
    method: str, url: str, headers: tuple[str, ...], data: tuple[str, ...], data_json: str | None
) -> dict[str, Any]:
    """The body of the call: the request as it was typed, and what follows from it."""
    fields = [_field(each) for each in headers]
    said = {name.lower() for name, _ in fields}
    body: bytes | None = None
    if data_json is not None:
        if data:
            raise click.UsageError("--data and --data-json are two ways to say the one body.")
        body = _read(data_json)
        fields += [pair for pair in (("Content-Type", "application/json"), ("Accept", "application/json")) if pair[0].lower() not in said]  # fmt: skip
    elif data:
        body = b"&".join(_read(each) for each in data)
        fields += [] if "content-type" in said else [("Content-Type", _FORM)]
    if "user-agent" not in said:
        fields.append(("User-Agent", "inspector-send"))
    if "accept" not in {name.lower() for name, _ in fields}:
        fields.append(("Accept", "*/*"))
    asked: dict[str, Any] = {"url": url, "method": method or ("POST" if body is not None else "GET"), "fields": fields}  # fmt: skip
    return asked if body is None else asked | {"base64": base64.b64encode(body).decode()}


def _field(text: str) -> tuple[str, str]:
    if text.endswith(";") and ":" not in text:
        return text[:-1], ""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"{text!r} is no field: write 'Name: value'.")
    return name.strip(), value.strip()


def _read(text: str) -> bytes:
    """What stands there, or in the file after @."""
    if not text.startswith("@"):
        return text.encode()
    return _file(Path(text[1:]))


def _file(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise InspectorError(f"{path} cannot be read: {error.strerror}.", "Give another file.") from error


def _send_raw(caller: Caller, url: str, file: Path, *, verify: bool, patience: float) -> dict[str, Any]:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{url!r} does not say where to: write http://example.com:8080 or https://example.com.")  # fmt: skip
    asked = {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port or 0, "verify": verify, "patience": max(patience, 0.5)}  # fmt: skip
    data = base64.b64encode(_file(file)).decode()
    told: dict[str, Any] = caller.ask("POST", "/send/raw", json=asked | {"base64": data}).json()
    return told


def _show_raw(sent: dict[str, Any]) -> None:
    came = base64.b64decode(sent["base64"])
    if sys.stdout.isatty():
        click.echo(plain(came.decode("latin-1")))
    else:
        sys.stdout.buffer.write(came)
        sys.stdout.buffer.flush()
    if sent["why"]:
        click.echo(plain(sent["why"]), err=True)


def _show(caller: Caller, sent: dict[str, Any], show: str) -> None:
    """The exchange as it was captured."""
    from inspector.cli.answer import print_exchange

    if not sent["exchange"] or show == "nothing":
        return
    try:
        exchange = caller.ask("GET", f"/exchanges/{sent['exchange']}").json()
    except InspectorError:
        click.echo(f"{sent['status'] or 'no answer'}: the exchange isn't kept, since capturing is paused; so neither are its fields and body.", err=True)  # fmt: skip
        return
    print_exchange(caller, exchange, show)
    for warning in filter(None, [sent["why"]]):
        click.echo(plain(warning), err=True)


def _page(caller: Caller, sent: dict[str, Any]) -> str:
    return f"{caller.dashboard}/exchange/{sent['exchange']}" if sent["exchange"] else ""
