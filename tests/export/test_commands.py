"""One exchange as other tools say it: each text is run by its real tool, and what comes out is what the browser had said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from export_samples import asked

from inspector.export.commands.asking import asking
from inspector.export.commands.shells import bash, cmd, powershell
from inspector.export.commands.table import COMMANDS, command, raw_bytes
from inspector.export.whole import redacted

TEXT = b"text/plain; charset=utf-8"
NASTY = "it's \"quoted\" `id` $(touch gone) ${HOME} $HOME !! %PATH% ^& | ; < > \\n \\ \\' * ? [a] {b,c} ~ # é 漢 \u202e"
CASES = {
    "a plain request": ("GET", b"/", (), b""),
    "an address with everything in it": ("GET", b"/a%20b/%2e%2e/c;d=1?q=a+b&x=%27%22%24(id)&y=[1-3]{a,b}&z=~!*'()", (), b""),
    "fields that a shell would read": ("GET", b"/f", ((b"X-Nasty", NASTY.encode()), (b"User-Agent", b"me/1 'x' \"y\""), (b"Accept", b"*/*")), b""),
    "fields that httpie would read": ("GET", b"/h", ((b"X-Json", b"=5"), (b"X-File", b"@/etc/passwd"), (b"X-Two", b"a:=b==c;d")), b""),
    "a field without a value": ("GET", b"/e", ((b"X-Empty", b""), (b"Accept", b"text/html")), b""),
    "a form": ("POST", b"/form", ((b"Content-Type", b"application/x-www-form-urlencoded"),), b"a=1&b=%26&name=O%27Neil"),
    "a text with everything in it": ("POST", b"/text", ((b"Content-Type", TEXT),), NASTY.encode() + b"\r\nsecond line\n\ttab\x01"),
    "a body that would be a file's name": ("PUT", b"/at", ((b"Content-Type", TEXT),), b"@/etc/passwd"),
    "a body of every byte": ("POST", b"/bytes", ((b"Content-Type", b"application/octet-stream"),), bytes(range(256)) * 3),
    "a body too long for a word": ("POST", b"/long", ((b"Content-Type", TEXT),), b"'long' " * 30_000),
    "a body without a type": ("PATCH", b"/untyped", (), b'{"a": "</script>"}'),
    "an unknown method": ("PROPFIND", b"/dav", ((b"Depth", b"1"),), b""),
}  # fmt: skip
# What a tool cannot leave out, or says in its own way
OWN = {b"host", b"connection", b"content-length", b"transfer-encoding", b"accept-language", b"sec-fetch-mode"}
ALSO = {
    "fetch": {b"accept", b"accept-encoding", b"user-agent"},
    "httpx": set(),
    "requests": set(),
    "curl": set(),
}


def run(name: str, texts: list[str], folder: Path, node: str = "node") -> None:
    """All of them, one after the other, in one process."""
    if name == "curl":
        words, given = (
            ["bash"],
            "\n".join(text.replace("curl ", "curl --silent --show-error ", 1) for text in texts),
        )
    elif name == "fetch":
        words, given = [node, "--input-type=module", "-"], "\n".join(f"{{ {text} }}" for text in texts)
    else:
        words, given = [sys.executable, "-"], "\n".join(texts)
    done = subprocess.run(
        words, cwd=folder, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.iterdir())  # nothing in them ran


@pytest.mark.clients
@pytest.mark.parametrize("name", ["curl", "requests", "httpx", "fetch"])
def test_the_tool_sends_what_the_browser_said(name, ear, tmp_path, client_path):
    assert client_path["curl"]
    texts = [command(name, asked(*case, host="127.0.0.1", port=ear.port)) for case in CASES.values()]
    ear.heard.clear()
    run(name, texts, tmp_path, client_path["node"])
    assert len(ear.heard) == len(CASES)
    for (case, (method, target, fields, body)), heard in zip(CASES.items(), ear.heard, strict=True):
        start, said, sent = ear.parts(heard)
        tidied = name != "curl" and "%2e" in target.decode()  # libraries tidy an address before they send it
        assert start.split(b" ")[0] == method.encode(), case
        assert tidied or start.split(b" ")[1] == target, case
        assert sent == body, case
        assert _compared(name, said) == _compared(name, fields), case


def _compared(name: str, fields):
    """The fields as far as the tool can say them: requests has an order of its own."""
    kept = [(key.lower(), value) for key, value in fields if key.lower() not in OWN | ALSO[name]]
    return sorted(kept) if name == "requests" else kept


@pytest.mark.clients
def test_curl_says_bytes_that_no_address_can_hold(ear, tmp_path, client_path):
    assert client_path["curl"]
    found = asked("GET", b'/caf\xe9/"<x>"?q=\xff|`id`#part', host="127.0.0.1", port=ear.port)
    run("curl", [command("curl", found)], tmp_path)
    assert ear.parts(ear.heard.pop())[0] == b'GET /caf\xe9/"<x>"?q=\xff|`id`#part HTTP/1.1'


def test_the_flask_client_s_text_runs_as_a_test(tmp_path):
    from flask import Flask, request

    app = Flask("app")
    heard = []

    @app.route("/<path:rest>", methods=["GET", "POST"])
    def take(rest):
        heard.append((request.method, request.full_path, request.get_data(), dict(request.headers)))
        return "ok"

    fields = ((b"X-Nasty", NASTY.encode()), (b"Cookie", b"a=1; b=2"), (b"Content-Type", b"text/plain"))
    text = command("flask", asked("POST", b"/a%20b/c?x=%27&y=2", fields, bytes(range(256))))
    names: dict = {}
    exec(text.replace("from app import app", "").replace("# your Flask app", ""), names | {"app": app}, names)
    names["test_again"].__globals__["app"] = app
    names["test_again"]()
    method, path, data, headers = heard[0]
    assert (method, path, data) == ("POST", "/a b/c?x=%27&y=2", bytes(range(256)))
    assert headers["Cookie"] == "a=1; b=2"
    assert headers["X-Nasty"].encode("latin-1") == NASTY.encode()


def test_secrets_are_marks_and_the_text_says_so():
    found = redacted(asked("GET", b"/?token=abcdefgh1", ((b"Cookie", b"session=verysecretvalue"),)), b"k")
    for name in COMMANDS:
        text = command(name, found)
        assert "abcdefgh1" not in text
        assert "verysecretvalue" not in text
        assert "2 secrets are replaced by marks" in text


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("plain", '^"plain^"'),
        ('a"b', '^"a^\\^"b^"'),
        ("100%PATH%", '^"100^%^PATH^%^"'),
        ("a&b|c", '^"a^&b^|c^"'),
        ("end\\", '^"end^\\^\\^"'),
    ],
)
def test_cmd_hides_what_it_would_read(word, said):
    assert cmd(word) == said


def test_powershell_doubles_every_kind_of_quotation_mark():
    assert powershell("a'b\u2019c$(x)") == "'a''b\u2019\u2019c$(x)'"


@pytest.mark.parametrize(
    ("word", "said"), [("a", "'a'"), ("a'b", "$'a\\'b'"), (b"\xff\n", "$'\\xff\\n'"), ("é\n", "$'é\\n'")]
)
def test_bash_says_every_byte(word, said):
    assert bash(word) == said


def test_what_a_tool_makes_itself_is_left_out():
    made = asking(
        asked(
            "POST",
            b"/",
            ((b"Connection", b"close"), (b"Proxy-Authorization", b"Basic eA=="), (b"X", b"1")),
            b"abc",
        )
    )
    assert made.headers == ((b"X", b"1"),)


def test_raw_bytes_of_a_chunked_answer_are_a_whole_message():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = asked(answer=head, answered=b"hello")
    assert raw_bytes("raw-response", found) == head + b"5\r\nhello\r\n0\r\n\r\n"
    assert raw_bytes("raw-request", found).startswith(b"GET / HTTP/1.1\r\nHost: shop.test\r\n")
