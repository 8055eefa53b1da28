"""`python -m inspector`, where the command `inspector` is not on PATH."""

from inspector.cli.main import main

main(prog_name="inspector")
