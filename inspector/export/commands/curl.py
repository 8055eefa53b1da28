"""cURL, for bash and for Windows' command line."""

from __future__ import annotations

import base64
import textwrap

from inspector.export.commands.asking import Asking, as_text
from inspector.export.commands.shells import bash, cmd

LONGEST_WORD = 64 * 1024  # Linux takes no word longer than 128 KiB
LONGEST_BODY = 1 << 20
FILE = "request-body.bin"


def curl(asked: Asking) -> str:
    """For bash and zsh."""
    notes = [f"# {note}\n" for note in asked.notes]
    words = [["curl"], [bash(asked.url)]]
    words += [[each] if isinstance(each, str) else [each[0], bash(each[1])] for each in options(asked)]
    before, data = "", as_text(asked.body)
    if asked.body and data is not None and len(asked.body) <= LONGEST_WORD:
        words.append(["--data-raw", bash(data)])
    elif asked.body:
        words.append(["--data-binary", "@-" if len(asked.body) <= LONGEST_BODY else f"@{FILE}"])
    if words[-1][-1] == "@-":
        lines = "\n".join(textwrap.wrap(base64.b64encode(asked.body).decode("ascii"), 120))
        before = f"base64 -d <<'BODY' |\n{lines}\nBODY\n"
    elif words[-1][-1] == f"@{FILE}":
        notes.append(f"# The body is too long to stand here: save it from the exchange's page as {FILE}.\n")
    return "".join(notes) + before + " \\\n  ".join(" ".join(word) for word in words) + "\n"


def curl_cmd(asked: Asking) -> str:
    """For Windows' cmd.exe."""
    notes = [f"REM {note}\n" for note in asked.notes]
    words = [["curl.exe"], [cmd(asked.url)]]
    for each in options(asked):
        value = each if isinstance(each, str) else each[1]
        said = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        words.append([each] if isinstance(each, str) else [each[0], cmd(said)])
    data = as_text(asked.body)
    if asked.body and data is not None and len(data) < 8000 and "\r" not in data:
        words.append(["--data-raw", cmd(data)])
    elif asked.body:
        notes.append(f"REM cmd.exe cannot say this body: save it from the exchange's page as {FILE}.\n")
        words.append(["--data-binary", f"@{FILE}"])
    return "".join(notes) + " ^\n  ".join(" ".join(word) for word in words) + "\n"


def options(asked: Asking) -> list[str | tuple[str, bytes | str]]:
    """Everything but address and body: flags, and options with a value."""
    made: list[str | tuple[str, bytes | str]] = (
        ["--globoff", "--path-as-is"]
        if any(sign in asked.url for sign in "[]{}") or "/." in asked.url
        else []
    )
    if asked.exact:
        made.append(("--request-target", asked.exact))
    if asked.method == "HEAD" and not asked.body:
        made.append("--head")
    elif asked.method != ("POST" if asked.body else "GET"):
        made.append(("--request", asked.method))
    if asked.version == "HTTP/1.0":
        made.append("--http1.0")
    elif asked.version == "HTTP/1.1":
        made.append("--http1.1")
    made += [("--header", _field(name, value)) for name, value in asked.headers]
    added = [b"user-agent", b"accept", *([b"content-type", b"expect"] if asked.body else [])]
    made += [("--header", _SPELLED[name] + b":") for name in added if not asked.has(name)]
    coded = b" ".join(value for name, value in asked.headers if name.lower() == b"accept-encoding").lower()
    if any(coding in coded for coding in (b"gzip", b"deflate", b"br", b"zstd")):
        made.append("--compressed")
    return made


_SPELLED = {
    b"user-agent": b"User-Agent",
    b"accept": b"Accept",
    b"content-type": b"Content-Type",
    b"expect": b"Expect",
}


def _field(name: bytes, value: bytes) -> bytes:
    """curl leaves a field out that has nothing after its colon, and sends it empty with a semicolon."""
    return name + b": " + value if value else name + b";"
