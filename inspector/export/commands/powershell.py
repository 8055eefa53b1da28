"""PowerShell 7's Invoke-WebRequest."""

from __future__ import annotations

import base64

from inspector.export.commands.asking import Asking, as_text
from inspector.export.commands.shells import powershell as quoted


def powershell(asked: Asking) -> str:
    """One call; a body that is no text is in base64."""
    lines = [f"# {note}" for note in asked.notes]
    body = as_text(asked.body)
    if asked.body:
        if body is not None and "\r" not in body:
            lines.append(f"$body = [Text.Encoding]::UTF8.GetBytes({quoted(body)})")
        else:
            lines.append(
                f"$body = [Convert]::FromBase64String('{base64.b64encode(asked.body).decode('ascii')}')"
            )
    call = [f"Invoke-WebRequest -Uri {quoted(asked.url)}", f"-CustomMethod {quoted(asked.method)}"]
    call += ["-SkipHeaderValidation", "-SkipHttpErrorCheck", "-MaximumRedirection 0"]
    named = [
        (name, value)
        for name, value in asked.merged()
        if name.lower() not in (b"user-agent", b"content-type")
    ]
    for name, value in asked.merged():
        option = {b"user-agent": "-UserAgent", b"content-type": "-ContentType"}.get(name.lower())
        if option:
            call.append(f"{option} {quoted(_text(value))}")
    if named:
        pairs = "; ".join(f"{quoted(_text(name))} = {quoted(_text(value))}" for name, value in named)
        call.append(f"-Headers @{{ {pairs} }}")
    if asked.body:
        call.append("-Body $body")
    return "\n".join([*lines, " `\n  ".join(call)]) + "\n"


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
