"""Floor 8: commands, and words on a terminal.

A command is one file with a `command` in it; `main` names it with its one line of help. Nothing is imported
for a command that isn't run, so that `inspector run` listens soon after Enter.
"""
