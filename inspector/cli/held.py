"""`inspector held`: messages that wait at breakpoints, from a terminal."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "list": Part("inspector.cli.held_list", "List what waits at breakpoints, the oldest first."),
    "go-on": Part("inspector.cli.held_go_on", "Let a held message go on as it is, or all with --all."),
    "drop": Part("inspector.cli.held_drop", "Drop a held message, or all with --all: its connection ends."),
}

command = LazyGroup(
    "held",
    parts=PARTS,
    help="Messages that wait at breakpoints: list them, let them go on, drop them.",
    no_args_is_help=True,
)
