"""`inspector lesson`: the lessons there are, a look over one's own, and one on a projector."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "list": Part("inspector.cli.lesson_list", "List the lessons, chapter by chapter."),
    "check": Part(
        "inspector.cli.lesson_check", "Check a lesson's file, and say what is wrong in it and where."
    ),
    "show": Part("inspector.cli.lesson_show", "Show a lesson step by step, for a projector."),
}

command = LazyGroup(
    "lesson",
    parts=PARTS,
    help="List lessons, check one of your own, show one to a class.",
    no_args_is_help=True,
)
