"""`inspector rules`: what is changed in traffic, into a file and out of one."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "list": Part("inspector.cli.rules_list", "List the rules, each as a sentence."),
    "export": Part("inspector.cli.rules_export", "Write the rules as TOML into a file, or to the terminal."),
    "import": Part("inspector.cli.rules_import", "Read rules from a TOML file, beside those that are there."),
    "clear": Part("inspector.cli.rules_clear", "Remove all rules. Says how many, and asks."),
}

command = LazyGroup(
    "rules",
    parts=PARTS,
    help="The rules: list them, write them into a file, read them from one.",
    no_args_is_help=True,
)
