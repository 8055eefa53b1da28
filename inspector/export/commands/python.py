"""Python: requests, httpx, and the test client of a Flask app."""

from __future__ import annotations

from inspector.export.commands.asking import Asking, Header


def requests(asked: Asking) -> str:
    """The library requests. What it adds by itself, and the browser hadn't said, is taken out."""
    lines = _pairs(asked.merged(), "{name}: {value}", "    ")
    skipped = []
    for name, kept in (
        ("Accept", "None"),
        ("Connection", "None"),
        ("Accept-Encoding", "SKIP_HEADER"),
        ("User-Agent", "SKIP_HEADER"),
    ):
        if not asked.has(name.lower().encode()):
            skipped.append(f"    {name!r}: {kept},")
    imported = "import requests\n"
    if any("SKIP" in each for each in skipped):
        imported += "from urllib3.util import SKIP_HEADER\n"
    headers = (
        "headers = {\n" + "\n".join([*lines, *skipped]) + "\n}\n" if lines or skipped else "headers = {}\n"
    )
    body = f"    data={_literal(asked.body)},\n" if asked.body else ""
    return (
        f"{_notes(asked)}{imported}\n{headers}\nresponse = requests.request(\n    {asked.method!r},\n    {asked.url!r},\n    headers=headers,\n"
        f"{body}    allow_redirects=False,\n)\nprint(response.status_code, response.reason)\nprint(response.text)\n"
    )


def httpx(asked: Asking) -> str:
    """The library httpx."""
    lines = _pairs(asked.headers, "({name}, {value})", "    ")
    body = f", content={_literal(asked.body)}" if asked.body else ""
    return (
        f"{_notes(asked)}import httpx\n\nheaders = [\n" + "".join(f"{line}\n" for line in lines) + "]\n\n"
        f"request = httpx.Request(\n    {asked.method!r},\n    {asked.url!r},\n    headers=headers{body},\n)\n"
        "with httpx.Client() as client:\n    response = client.send(request)\nprint(response.status_code, response.reason_phrase)\nprint(response.text)\n"
    )


def flask(asked: Asking) -> str:
    """The test client of a Flask app: the same request, without a server."""
    lines = _pairs(asked.headers, "({name}, {value})", "        ", latin=True)
    path, question, query = asked.target.partition("?")
    body = f"        data={_literal(asked.body)},\n" if asked.body else ""
    asks = f"        query_string={query!r},\n" if question else ""
    return (
        f"{_notes(asked)}from app import app  # your Flask app\n\n\ndef test_again():\n    client = app.test_client(use_cookies=False)\n"
        f"    response = client.open(\n        {path!r},\n        method={asked.method!r},\n        base_url={asked.authority + '/'!r},\n{asks}"
        "        headers=[\n"
        + "".join(f"    {line}\n" for line in lines)
        + f"        ],\n{body}    )\n    assert response.status_code == 200\n"
    )


def _notes(asked: Asking) -> str:
    return "".join(f"# {note}\n" for note in asked.notes)


def _pairs(
    headers: list[Header] | tuple[Header, ...], form: str, indent: str, *, latin: bool = False
) -> list[str]:
    return [
        indent + form.format(name=repr(name.decode("latin-1")), value=_value(value, latin=latin)) + ","
        for name, value in headers
    ]


def _value(value: bytes, *, latin: bool) -> str:
    """ASCII as a text, anything else as bytes; WSGI has texts in latin-1 for both."""
    return ascii(value.decode("latin-1")) if latin or value.isascii() else repr(value)


def _literal(data: bytes) -> str:
    """Bytes as Python writes them; UTF-8 that one can read as a text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return repr(data)
    return f"{text!r}.encode()" if text.isprintable() and not text.isascii() else repr(data)
