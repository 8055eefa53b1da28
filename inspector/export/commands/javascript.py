"""fetch, for Node and a browser's console. A browser sets some fields itself, whatever a script says."""

from __future__ import annotations

import base64
import json

from inspector.export.commands.asking import Asking, as_text


def fetch(asked: Asking) -> str:
    """One call, waiting for the answer."""
    made = [f"  method: {_text(asked.method)},"]
    if asked.headers:
        pairs = "".join(
            f"    [{_text(name.decode('latin-1'))}, {_text(value.decode('latin-1'))}],\n"
            for name, value in asked.headers
        )
        made.append(f"  headers: [\n{pairs}  ],")
    if asked.body:
        made.append(f"  body: {_body(asked)},")
    made.append('  redirect: "manual",')
    notes = "".join(f"// {note}\n" for note in asked.notes)
    return (
        f"{notes}const response = await fetch({_text(asked.url)}, {{\n"
        + "\n".join(made)
        + "\n});\nconsole.log(response.status, await response.text());\n"
    )


def _body(asked: Asking) -> str:
    text = as_text(asked.body)
    if text is None:
        return f'Uint8Array.from(atob("{base64.b64encode(asked.body).decode("ascii")}"), (each) => each.charCodeAt(0))'
    # a text would get a Content-Type of its own
    return _text(text) if asked.has(b"content-type") else f"new TextEncoder().encode({_text(text)})"


def _text(value: str) -> str:
    """A JavaScript text; JSON is one, and with </script> broken up it may stand in a page."""
    return (
        json.dumps(value, ensure_ascii=not value.isprintable())
        .replace("</", "<\\/")
        .replace("<!--", "<\\!--")
    )
