"""HTTPie."""

from __future__ import annotations

import base64
import textwrap

from inspector.export.commands.asking import Asking, as_text
from inspector.export.commands.curl import FILE, LONGEST_BODY, LONGEST_WORD
from inspector.export.commands.shells import bash

_ADDED = (b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection")


def httpie(asked: Asking) -> str:
    """For bash and zsh."""
    notes = [f"# {note}\n" for note in asked.notes]
    words = [
        "http",
        "--path-as-is",
        asked.method if asked.method.isalpha() else bash(asked.method),
        bash(asked.url),
    ]
    before = ""
    text = as_text(asked.body)
    if not asked.body:
        words.insert(1, "--ignore-stdin")
    elif text is not None and len(asked.body) <= LONGEST_WORD:
        words[1:1] = ["--ignore-stdin", f"--raw={bash(text)}"]
    elif len(asked.body) <= LONGEST_BODY:
        lines = "\n".join(textwrap.wrap(base64.b64encode(asked.body).decode("ascii"), 120))
        before = f"base64 -d <<'BODY' |\n{lines}\nBODY\n"
    else:
        notes.append(f"# The body is too long to stand here: save it from the exchange's page as {FILE}.\n")
        words.append(f"@{FILE}")
    items = [bash(_item(name, value)) for name, value in asked.headers]
    items += [bash(name + b":") for name in _ADDED if not asked.has(name.lower())]
    return "".join(notes) + before + " \\\n  ".join([" ".join(words), *items]) + "\n"


def _item(name: bytes, value: bytes) -> bytes:
    """A header field as HTTPie's item; after the colon, = and @ would mean something else."""
    if not value:
        return name + b";"
    return name + b":" + (b"\\" + value if value[:1] in b"=@" else value)
