"""The first screen, and the few sentences that may follow it. Its shape is fixed: what runs, where, what to do next."""

from __future__ import annotations

import os
import shlex
import sys
import threading
from pathlib import Path

import click

from inspector.app.addresses import parse_address
from inspector.app.command import command as own_command
from inspector.app.command import short
from inspector.app.home import Home
from inspector.app.platform import here
from inspector.app.run import dashboard
from inspector.app.settings import RunSettings
from inspector.app.upstream import without_password
from inspector.cli.plain import plain

OPENED_WITHIN = 1.5


class Screen:
    """Says on the terminal what the supervisor tells it."""

    def __init__(self, settings: RunSettings, place: Home, *, open_browser: bool) -> None:
        self._settings = settings
        self._place = place
        self._open_browser = open_browser

    def started(self, facts: dict[str, str]) -> None:
        """Print the first screen; the browser is opened first, so that it can say whether that went well."""
        link = facts.get("link") or dashboard(self._settings)
        opened = self._open_browser and open_in_browser(link)
        windows = here().has_screen()
        _print(first_screen(self._settings, self._place, link=link, opened=opened, windows=windows))

    def say(self, sentence: str, cure: str = "") -> None:
        text = f"{click.style('!', fg='yellow', bold=True)} {plain(sentence)}"
        _print(f"{text}\n  {plain(cure)}" if cure else text, err=True)

    def printed(self, line: str) -> None:
        _print(f"{click.style('|', dim=True)} {plain(line)}")


def _print(text: str, *, err: bool = False) -> None:
    """Print it; a terminal or a pipe that is gone is no reason to stop."""
    try:
        click.echo(text, err=err)
    except OSError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def first_screen(
    settings: RunSettings, place: Home, *, link: str, opened: bool, windows: bool = False
) -> str:
    """The first screen as text. `windows`: there is a screen, so a captured window is the easy way."""
    windows = windows and not settings.reverse and not settings.proxy_auth
    again = own_command("open", root=place.root)
    if opened:
        shown = f"{dashboard(settings)}    opened in your browser (again: {again})"
    else:
        shown = f"{link}\n{'':14}open this link (a fresh one: {again})"
    rows = [
        ("Dashboard", shown),
        ("Proxy", _proxy(settings)),
        ("Next", _next(settings, place if windows else None)),
    ]
    if settings.upstream_proxy:
        found = (
            f"found in {settings.upstream_found_in}"
            if not settings.upstream_found_in.startswith("--")
            else ""
        )
        rows.append(("Upstream", f"{without_password(settings.upstream_proxy)}    {found}".rstrip()))
    if settings.only:
        rows.append(
            ("Decrypted", f"only {_listed(settings.only)}; HTTPS to others passes through encrypted (--only)")
        )
    if settings.passthrough:
        rows.append(("Encrypted", f"{_listed(settings.passthrough)}: left as it is (--passthrough)"))
    if not settings.verify_upstream:
        rows.append(("Careful", "the sites' certificates are not checked (--no-verify-upstream)"))
    if settings.keylog:
        kept = f"the keys of all TLS connections are written to {short(Path(settings.keylog))} (--keylog):"
        rows.append(("Careful", f"{kept}\n{'':14}whoever has that file can read every recording of them"))
    if place.note:
        rows.append(("Captures", place.note))
    lines = [click.style(_headline(settings), bold=True), ""]
    lines += [f"  {click.style(f'{name:<12}', dim=True)}{text}" for name, text in rows]
    return "\n".join(["", *lines, "", _last_line(settings, windows=windows), ""])


def _listed(hosts: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(hosts) - most} more" if len(hosts) > most else ""
    return ", ".join(hosts[:most]) + more


def _headline(settings: RunSettings) -> str:
    if all(parse_address(text).loopback for text in settings.listen):
        return "Inspector is running, for this computer only."
    who = (
        "for whoever can reach it"
        if settings.reverse
        else "for other computers too, with the log-in of --proxy-auth"
    )
    return f"Inspector is running, {who}."


def _proxy(settings: RunSettings) -> str:
    where = ", ".join(settings.listen)
    return f"{where}    stands in front of {settings.reverse}" if settings.reverse else where


def _next(settings: RunSettings, browse: Home | None) -> str:
    if browse is not None:
        return f'press "Start learning" there, or in a second terminal:  {own_command("browse", root=browse.root)}'
    address = parse_address(settings.listen[0]).reachable
    if settings.reverse:
        return f"open http://{address}/ in a browser"
    user = "--proxy-user USER:PASSWORD " if settings.proxy_auth else ""
    authority = shlex.quote(short(settings.certs / "ca.pem"))
    return f"in a second terminal:  curl --proxy {address} {user}--cacert {authority} https://example.com/"


def _last_line(settings: RunSettings, *, windows: bool) -> str:
    kept = " All that is captured is deleted when it stops." if settings.fresh else ""
    if settings.reverse:
        return f"Nothing on this computer was changed.{kept} Ctrl-C stops it."
    only = "windows opened from Inspector" if windows else "programs that you point at the proxy"
    return f"Nothing on this computer was changed. Only {only} are captured.{kept} Ctrl-C stops it."


def open_in_browser(link: str) -> bool:
    """Open it where somebody sees it; False if there is no screen or no browser. Never waits long."""
    if not here().has_screen():
        return False
    import webbrowser

    outcome: list[bool] = []
    opener = threading.Thread(target=lambda: outcome.append(webbrowser.open(link)), daemon=True)
    opener.start()
    opener.join(OPENED_WITHIN)
    return outcome[0] if outcome else True
