"""`inspector token`: what a program brings to the API."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "make": Part("inspector.cli.token_make", "Make a token and print it, this once."),
    "list": Part("inspector.cli.token_list", "List the tokens: what each may, and when it was used last."),
    "revoke": Part("inspector.cli.token_revoke", "Let a token count no more."),
}

command = LazyGroup(
    "token",
    parts=PARTS,
    help="Tokens of the API: make one for a program of yours, list them, revoke them.",
    no_args_is_help=True,
)
