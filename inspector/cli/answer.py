"""An exchange on a terminal, as curl and HTTPie show one: start line, fields, body. What was captured is shown, never obeyed: no byte of it reaches the terminal as a command."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from inspector.cli.calling import Caller
from inspector.cli.plain import plain

_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
_LONGEST = 256 * 1024  # characters of a body on a terminal


def print_exchange(caller: Caller, exchange: dict[str, Any], show: str) -> None:
    """`show` is `answer`, `all` (the request before it), `head` or `body`."""
    leg = exchange["client_leg"] or {}
    id, terminal = exchange["id"], sys.stdout.isatty()
    if show == "all" and leg.get("request"):
        _head(leg["request"])
        _body(caller, id, "request", leg["request"], terminal=terminal)
        click.echo()
    response = leg.get("response")
    if response is None:
        return
    if show != "body":
        _head(response, exchange["status"])
    if show != "head":
        _body(caller, id, "response", response, terminal=terminal)
    fault = exchange["fault"]
    if fault:
        click.echo(plain(f"{fault.get('sentence', '')} {fault.get('cure', '')}".strip()), err=True)


def _head(message: dict[str, Any], status: int = 0) -> None:
    colour = _COLOURS.get(status // 100)
    click.echo(click.style(plain(message["start_line"]), bold=True, fg=colour))
    for name, value in message["fields"]:
        click.echo(f"{click.style(plain(name), fg='blue')}: {plain(value)}")
    click.echo()


def _body(caller: Caller, id: str, half: str, message: dict[str, Any], *, terminal: bool) -> None:
    if not message["body"]["size"]:
        return
    answer = caller.ask("GET", f"/exchanges/{id}/body/browser/{half}", params={"form": "decoded"})
    data, media = answer.content, _media(message)
    if not terminal:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    text = _text(data)
    if text is None:
        click.echo(click.style(f"{len(data):,} bytes of {media or 'an unknown kind'}; into a file: inspector send … > FILE", dim=True))  # fmt: skip
        return
    if media.endswith("json"):
        text = _pretty(text)
    shown = plain(text[:_LONGEST])
    click.echo(shown, nl=not shown.endswith("\n"))
    if len(text) > _LONGEST:
        click.echo(click.style(f"… and {len(text) - _LONGEST:,} characters more; all of it: inspector send … > FILE", dim=True))  # fmt: skip


def _media(message: dict[str, Any]) -> str:
    for name, value in message["fields"]:
        if name.lower() == "content-type":
            return str(value).partition(";")[0].strip().lower()[:80]
    return ""


def _text(data: bytes) -> str | None:
    """The body as text; None if it is none."""
    if b"\0" in data[:4096]:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
