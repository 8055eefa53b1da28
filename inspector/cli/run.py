"""`inspector run`: from the command line to settings, and from settings to a running Inspector."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from inspector.app import fresh, home, upstream
from inspector.app.addresses import parse_address
from inspector.app.home import Home
from inspector.app.platform import UpstreamProxy, here
from inspector.app.run import LAB_WISH, run
from inspector.app.settings import Retention, RunSettings
from inspector.cli.client_cert import cannot_start, client_cert
from inspector.cli.mount import mounts
from inspector.cli.options import OPTIONS, Grouped
from inspector.cli.screen import Screen
from inspector.engine.settings import Limits, Timeouts
from inspector.wire.patterns import parse_list

WEB_NAME = "inspector.localhost"
STORES = ("sqlite",)


def start(home_folder: Path | None, fresh: bool, browser: bool, **told: Any) -> None:
    """Start the proxy and its dashboard; Ctrl-C stops them."""
    settings, place = prepared(told, home_folder, fresh)
    run(settings, place, lambda bound, at: Screen(bound, at, open_browser=browser))


def prepared(told: dict[str, Any], home_folder: Path | None, fresh: bool) -> tuple[RunSettings, Home]:
    """What the options ask for, looked through, and the home for it. UsageError and CannotStart say what can't be."""
    _check(told)
    found = _upstream_proxy(told)
    keylog = _keylog(told["keylog"])
    _check_authorities(told["upstream_ca"])
    client_certs = tuple(map(client_cert, told["client_cert"]))
    remove_leftovers()
    place = _place(home_folder, fresh)
    settings = RunSettings(
        name=os.urandom(8).hex(), home=str(place.root), data=str(place.data), fresh=fresh,
        store=told["store"], listen=told["listen"], web=told["web"], web_name=told["web_name"] or _web_name(), lab=_lab(told), my=told["my"] or "",
        mounts=mounts(told["mounts"]), hooks=told["hooks"], hook_timeout=told["hook_timeout"],
        gateway_base=told["gateway_base"], lessons=told["lessons"], capture=told["capture"], reverse=told["reverse"], proxy_auth=told["proxy_auth"],
        only=_hosts("--only", told["only"]), passthrough=_hosts("--passthrough", told["passthrough"]),
        upstream_ca=told["upstream_ca"], client_certs=client_certs, verify_upstream=told["verify_upstream"],
        mirror_faults=told["mirror_faults"], keylog=keylog,
        upstream_proxy=found.url if found else "", upstream_bypass=found.bypass if found else (),
        upstream_found_in=found.found_in if found else "",
        limits=_struct(Limits, told), timeouts=_struct(Timeouts, told), retention=_struct(Retention, told),
    )  # fmt: skip
    return settings, place


command = Grouped("run", callback=start, params=list(OPTIONS), help=start.__doc__)
remove_leftovers = fresh.remove_leftovers


def _place(folder: Path | None, wants_fresh: bool) -> Home:
    if not wants_fresh:
        return home.locate(home.choose(folder))
    if folder is not None:
        raise click.UsageError("--fresh makes a home of its own: leave out --home, or --fresh.")
    return home.locate(fresh.make(), fresh=True)


def _struct(kind: type, told: dict[str, Any]) -> Any:
    """The struct `kind` with the values of the options that set one of its fields."""
    values = {
        option.sets[1]: told[option.name]
        for option in OPTIONS
        if option.sets and option.sets[0] is kind and option.name
    }
    return kind(**values)


def _lab(told: dict[str, Any]) -> tuple[str, ...]:
    """Nothing, where Inspector stands in front of one site: no name leads to the lab then."""
    return LAB_WISH if told["lab"] and not told["reverse"] else ()


def _check(told: dict[str, Any]) -> None:
    """UsageError, which says the cure, for what can't be or must not be."""
    if told["store"] not in STORES:
        raise click.UsageError(f"--store {told['store']}: only sqlite is there so far; leave the option out.")
    addresses = [text for text in (*told["listen"], *told["web"]) if parse_address(text).port]
    if twice := {text for text in addresses if addresses.count(text) > 1}:
        raise click.UsageError(
            f"{min(twice)} is given twice: every --listen and --web needs an address of its own."
        )
    open_to_others = [text for text in told["listen"] if not parse_address(text).loopback]
    if open_to_others and not told["proxy_auth"] and not told["reverse"]:
        raise click.UsageError(
            f"Other computers can reach {open_to_others[0]}, so the proxy must know who they are: add "
            "--proxy-auth USER:PASSWORD, or listen for this computer only, as with --listen 127.0.0.1:8080."
        )
    name, colon, password = told["proxy_auth"].partition(":")
    if told["proxy_auth"] and not (name and colon and password):
        raise click.UsageError(
            "--proxy-auth wants a name and a password with a colon between: USER:PASSWORD."
        )
    if told["hook_timeout"] < 0.1:
        raise click.UsageError("--hook-timeout: a hook needs some time; at least 100ms.")
    if told["mirror_faults"] and not told["verify_upstream"]:
        raise click.UsageError(
            "--mirror-faults needs to know what is wrong with a certificate: leave out --no-verify-upstream."
        )
    if told["my"] and not _lab(told):
        raise click.UsageError(
            "--my: the folder is served by the lab, which is left out by --no-lab and by --reverse."
        )
    if told["mounts"] and not _lab(told):
        raise click.UsageError(
            "--mount: apps are served by the lab, which is left out by --no-lab and by --reverse."
        )
    if told["reverse"]:
        _check_reverse(told["reverse"])


def _check_reverse(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise click.UsageError(f"--reverse {url}: write the site's address, as in http://127.0.0.1:5000.")


def _upstream_proxy(told: dict[str, Any]) -> UpstreamProxy | None:
    listen = tuple(parse_address(text) for text in told["listen"])
    try:
        return upstream.find(told["upstream_proxy"], listen, here())
    except ValueError as error:
        raise click.UsageError(f"--upstream-proxy: {error}.") from error


def _keylog(asked: str | None) -> str:
    """The file for session keys, made and looked at before anything starts; or none."""
    if asked is None:
        return ""
    from inspector.pki import keylog
    from inspector.pki.errors import KeyLogRefused

    path = Path(asked).expanduser().absolute()
    try:
        keylog.check(path)
    except KeyLogRefused as refused:
        raise cannot_start(refused) from refused
    return str(path)


def _hosts(option: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts of a list, each in its one spelling."""
    try:
        found = tuple(each.text for text in given for each in parse_list(text))
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from error
    if given and not found:
        raise click.UsageError(f"{option} names no host: write one, as in {option} example.com.")
    return found


def _check_authorities(files: tuple[str, ...]) -> None:
    """CannotStart for a file that holds no authority: better now than when the engine starts."""
    if not files:
        return
    from inspector.pki.contexts import client_context
    from inspector.pki.errors import TrustStoreError

    try:
        client_context(*map(Path, files))
    except TrustStoreError as error:
        raise cannot_start(error) from error


def _web_name() -> str:
    return WEB_NAME if here().resolves_dashboard_names() else "127.0.0.1"
