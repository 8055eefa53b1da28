"""`inspector cert`: certificates for one's own servers and programs, and a look at anybody's.

`inspector cert myapp.test` is short for `inspector cert make myapp.test`.
"""

from __future__ import annotations

import click

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "make": Part("inspector.cli.cert_make", "Make a certificate for your own server: host names, addresses, wildcards."),
    "show": Part("inspector.cli.cert_show", "Say in words what is in a certificate: of a file, or of a server."),
    "check": Part("inspector.cli.cert_check", "Try everything that a browser checks on a server's certificate, and say why and what to do."),
}  # fmt: skip
HELP = """Make certificates for your own servers, look at anybody's, check a server.

inspector cert NAME… is short for inspector cert make NAME…"""


class CertGroup(LazyGroup):
    """A first word that is no command is a name to make a certificate for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.parts and args[0] not in {"--help", "-h"}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


command = CertGroup(
    "cert", parts=PARTS, help=HELP, no_args_is_help=True, subcommand_metavar="NAME… | COMMAND"
)
