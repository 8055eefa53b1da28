"""The options of `inspector run`, as a table: what each is called, which setting it sets, what it says of itself.

`inspector run --help` and docs/cli.md follow this order and these groups.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import click

from inspector.app import home, upstream
from inspector.app.settings import Retention
from inspector.cli.values import DURATION, LISTEN, SIZE, say_duration, say_size
from inspector.engine.settings import Limits, Timeouts

Command = TypeVar("Command", bound=Callable[..., Any])

WHERE = "Where it listens and what it keeps"
UPSTREAM = "Towards the sites"
RETENTION = "How long captures are kept (oldest go first; 0: no limit)"
LIMITS = "Limits"
TIMES = "Time limits"


class Option(click.Option):
    """An option that belongs to a group in --help, and perhaps sets one field of a settings struct."""

    def __init__(
        self, *declarations: str, group: str, sets: tuple[type, str] | None = None, **attributes: Any
    ) -> None:
        super().__init__(list(declarations), **attributes)
        self.group = group
        self.sets = sets


class Grouped(click.Command):
    """A command whose --help shows its options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = [
            (getattr(one, "group", "Other"), record)
            for one in self.params
            if (record := one.get_help_record(ctx))
        ]
        for group, records in groupby(shown, key=lambda pair: pair[0]):
            with formatter.section(group):
                formatter.write_dl([record for _, record in records])


def home_option(command: Command) -> Command:
    """`--home`, as every command has it."""
    return click.option(
        "--home", "home_folder", type=click.Path(path_type=Path), metavar="DIR",
        help=f"The home folder. Otherwise ${home.VARIABLE}, the checkout, or your data folder.",
    )(command)  # fmt: skip


def _field(name: str, group: str, sets: tuple[type, str], kind: click.ParamType[Any], help: str) -> Option:
    owner, field = sets
    default = getattr(owner(), field)
    said = say_size(default) if kind is SIZE else say_duration(default) if kind is DURATION else str(default)
    help = f"{help}  [default: {said if default else 'no limit'}]"
    return Option(
        name, group=group, sets=sets, type=kind, default=default, help=help, metavar=kind.name.upper()
    )


COUNT = click.IntRange(min=0)
COUNT.name = "number"

OPTIONS: tuple[Option, ...] = (
    Option(
        "--listen", "listen", group=WHERE, type=LISTEN, multiple=True, default=("127.0.0.1:8080",), metavar="HOST:PORT",
        help="Where the proxy listens; may be given several times.  [default: 127.0.0.1:8080]",
    ),
    Option(
        "--web", "web", group=WHERE, type=LISTEN, multiple=True, default=("127.0.0.1:8081",), metavar="HOST:PORT",
        help="Where the dashboard listens.  [default: 127.0.0.1:8081]",
    ),
    Option(
        "--web-name", "web_name", group=WHERE, metavar="NAME", default=None,
        help="The dashboard's own host name.  [default: inspector.localhost]",
    ),
    Option(
        "--gateway-base", "gateway_base", group=WHERE, metavar="NAME", default="",
        help="What the names of sites opened here end in, where *.NAME leads to this computer.  [default: localhost]",
    ),
    Option(
        "--proxy-auth", "proxy_auth", group=WHERE, metavar="USER:PASSWORD", default="", envvar="INSPECTOR_PROXY_AUTH",
        help="The log-in that the proxy asks for. Needed when other computers can reach it. Also $INSPECTOR_PROXY_AUTH.",
    ),
    Option(
        "--home", "home_folder", group=WHERE, type=click.Path(path_type=Path), metavar="DIR",
        help=f"The home folder. Otherwise ${home.VARIABLE}, the checkout, or your data folder.",
    ),
    Option("--fresh", group=WHERE, is_flag=True, help="Use a temporary home, deleted at the end with all that was captured."),
    Option(
        "--store", group=WHERE, metavar="KIND", default="sqlite", help="Where captures are listed; only sqlite so far.",
    ),
    Option(
        "--keylog", group=WHERE, metavar="FILE", default=None,
        help="Write the session keys of all TLS connections to this file, for Wireshark. Whoever has it can read recordings of them.",
    ),
    Option("--no-browser", "browser", group=WHERE, is_flag=True, flag_value=False, default=True, help="Don't open the dashboard; print its link."),
    Option(
        "--no-lab", "lab", group=WHERE, is_flag=True, flag_value=False, default=True,
        help="Leave out the practice sites (shop.inspector.test, badtls.inspector.test and so on).",
    ),
    Option(
        "--lessons", "lessons", group=WHERE, metavar="DIR", multiple=True,
        type=click.Path(exists=True, file_okay=False, resolve_path=True),
        help="Lessons of your own, a folder of .md files, beside Inspector's; may be given several times.",
    ),
    Option(
        "--my", "my", group=WHERE, metavar="DIR", default=None, type=click.Path(exists=True, file_okay=False, resolve_path=True),
        help="Serve the Flask app in this folder at my.inspector.test, in a process of its own, and start it anew when a file is saved.",
    ),
    Option(
        "--mount", "mounts", group=WHERE, metavar="HOST=APP", multiple=True,
        help="Serve a WSGI app of yours at this name, by http and https: api.shop.test=shop:app, shop:create_app() or file.py:app. May be given several times.",
    ),
    Option(
        "--hook", "hooks", group=WHERE, metavar="FILE", multiple=True,
        type=click.Path(exists=True, dir_okay=False, resolve_path=True),
        help="Let the functions in this Python file change traffic (docs/hooks.md); read again when it is saved. May be given several times.",
    ),
    Option(
        "--hook-timeout", "hook_timeout", group=WHERE, type=DURATION, default=5.0, metavar="DURATION",
        help="How long one hook may take; then the exchange goes on without it.  [default: 5s]",
    ),
    Option("--no-capture", "capture", group=WHERE, is_flag=True, flag_value=False, default=True, hidden=True),
    Option(
        "--only", "only", group=UPSTREAM, metavar="HOSTS", multiple=True,
        help="Decrypt these hosts alone (example.com and all below it, *.example.com, an address, a network; commas between); "
        "the others pass through encrypted. May be given several times.",
    ),
    Option(
        "--passthrough", "passthrough", group=UPSTREAM, metavar="HOSTS", multiple=True,
        help="Leave these hosts encrypted. May be given several times.",
    ),
    Option(
        "--upstream-ca", "upstream_ca", group=UPSTREAM, metavar="FILE", multiple=True,
        type=click.Path(exists=True, dir_okay=False, resolve_path=True),
        help="Trust this authority too (PEM), for sites with certificates of their own making; may be given several times.",
    ),
    Option(
        "--client-cert", "client_cert", group=UPSTREAM, metavar="HOST=FILE[,KEYFILE]", multiple=True,
        help="Show this certificate (PEM with its key, or .p12) to this host when it asks for one; may be given several times. "
        "Its password is asked for, or taken from $INSPECTOR_P12_PASSWORD.",
    ),
    Option(
        "--no-verify-upstream", "verify_upstream", group=UPSTREAM, is_flag=True, flag_value=False, default=True,
        help="Don't check the sites' certificates. Each exchange says so.",
    ),
    Option(
        "--mirror-faults", "mirror_faults", group=UPSTREAM, is_flag=True, default=False,
        help="Show a site's bad certificate to the browser as one with the same fault, in place of Inspector's page; for lessons.",
    ),
    Option(
        "--upstream-proxy", "upstream_proxy", group=UPSTREAM, metavar="URL", default=upstream.SYSTEM,
        help="Reach the sites through another proxy: http://host:port, `system` (what this computer is set to) or `none`."
        "  [default: system]",
    ),
    Option(
        "--reverse", group=UPSTREAM, metavar="URL", default="",
        help="Stand in front of this one site: whoever opens the listening address gets it.",
    ),
    _field("--retention-size", RETENTION, (Retention, "size"), SIZE, "At most this much on disk."),
    _field("--retention-count", RETENTION, (Retention, "count"), COUNT, "At most this many exchanges."),
    _field("--retention-age", RETENTION, (Retention, "age"), DURATION, "None older than this."),
    _field("--max-body", LIMITS, (Limits, "captured_body"), SIZE, "Capture this much of a body; the rest passes by."),
    _field("--keep-ciphertext", LIMITS, (Limits, "ciphertext"), SIZE, "Keep this much of what passes on a TLS connection; 0: nothing."),
    _field("--max-header-bytes", LIMITS, (Limits, "head"), SIZE, "Size of a request's or response's head."),
    _field("--max-headers", LIMITS, (Limits, "fields"), COUNT, "Number of header fields."),
    _field("--max-url", LIMITS, (Limits, "request_line"), SIZE, "Length of a request line."),
    _field("--max-connections", LIMITS, (Limits, "connections"), COUNT, "Connections to the proxy, in all."),
    _field("--max-connections-per-client", LIMITS, (Limits, "connections_per_client"), COUNT, "The same, from one address."),
    _field("--max-idle-upstream", LIMITS, (Limits, "pool_idle"), COUNT, "Connections to sites kept for the next request."),
    _field("--max-leaves", LIMITS, (Limits, "leaves"), COUNT, "Stand-in certificates kept ready."),
    _field("--header-timeout", TIMES, (Timeouts, "head"), DURATION, "For a request's head to arrive."),
    _field("--body-timeout", TIMES, (Timeouts, "body"), DURATION, "For the next bytes of a request's body."),
    _field("--idle-timeout", TIMES, (Timeouts, "idle"), DURATION, "Between two requests of a browser's connection."),
    _field("--connect-timeout", TIMES, (Timeouts, "connect"), DURATION, "For a site to accept the connection."),
    _field("--tls-timeout", TIMES, (Timeouts, "tls"), DURATION, "For a TLS handshake."),
    _field("--response-timeout", TIMES, (Timeouts, "response"), DURATION, "For a site to begin its answer."),
    _field("--silence-timeout", TIMES, (Timeouts, "silence"), DURATION, "For the next bytes of an answer that has begun."),
    _field("--keep-alive", TIMES, (Timeouts, "pool"), DURATION, "An idle connection to a site is kept this long."),
)  # fmt: skip
