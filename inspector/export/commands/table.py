"""The table of commands: adding one is a line here and a function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inspector.export.commands.asking import Asking, asking
from inspector.export.commands.curl import curl, curl_cmd
from inspector.export.commands.httpie import httpie
from inspector.export.commands.javascript import fetch
from inspector.export.commands.powershell import powershell
from inspector.export.commands.python import flask, httpx, requests
from inspector.export.commands.raw import raw
from inspector.export.whole import Whole


class Command(NamedTuple):
    """What it is called, and how it is made."""

    words: str
    make: Callable[[Asking], str]


COMMANDS: dict[str, Command] = {
    "curl": Command("cURL (bash)", curl),
    "curl-cmd": Command("cURL (Windows cmd)", curl_cmd),
    "powershell": Command("PowerShell", powershell),
    "requests": Command("Python requests", requests),
    "httpx": Command("Python httpx", httpx),
    "flask": Command("Flask test client", flask),
    "fetch": Command("JavaScript fetch", fetch),
    "httpie": Command("HTTPie", httpie),
}
RAW = {"raw-request": "Request as bytes", "raw-response": "Response as bytes"}


def command(name: str, found: Whole) -> str:
    """The exchange's request as a command. Raises KeyError for an unknown name."""
    return COMMANDS[name].make(asking(found))


def raw_bytes(name: str, found: Whole) -> bytes:
    """A message as bytes. Raises KeyError for an unknown name."""
    return raw({"raw-request": found.request, "raw-response": found.response}[name])
