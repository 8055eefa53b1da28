"""`inspector hooks`: hook files to begin with."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "examples": Part("inspector.cli.hooks_examples", "List the examples."),
    "example": Part("inspector.cli.hooks_example", "Print an example, to be put into a file."),
}

command = LazyGroup(
    "hooks",
    parts=PARTS,
    help="Hooks in Python: examples to begin with.",
    no_args_is_help=True,
)
